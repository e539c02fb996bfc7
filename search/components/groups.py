"""The YAML files behind the command line: the groups of search/conf and those of ``--config-dir``.

A file GROUP/CHOICE.yaml is what GROUP=CHOICE means, and GROUP/PART/CHOICE.yaml what GROUP.PART=CHOICE means. There is
no other list of components.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from spaces.errors import ConfigError

SHIPPED = Path(__file__).resolve().parent.parent / "conf"
SELF = "_self_"  # a file's own keys in its list of defaults, for Hydra
EXPERIMENT = "experiment"  # a folder of whole settings; no group, for it is no part of a search


@dataclass(frozen=True)
class Key:
    """One configuration key: its dotted name, its default as written, and the comment beside it."""

    name: str
    default: str
    comment: str


@dataclass(frozen=True)
class Groups:
    """Groups and choices found on disk.

    Args:
        config_dir: a folder of further GROUP/CHOICE.yaml files, or None.
    """

    config_dir: Path | None = None

    def __post_init__(self) -> None:
        if self.config_dir is None:
            return
        shipped = {path.relative_to(SHIPPED) for path in SHIPPED.glob("*/**/*.yaml")}
        found = {path.relative_to(self.config_dir) for path in self.config_dir.glob("*/**/*.yaml")}
        # Hydra takes the first of two equal names without a word, so that the user's file would be dead.
        if clashes := sorted(map(str, shipped & found)):
            raise ConfigError(
                f"--config-dir {self.config_dir}: {', '.join(clashes)} has the name of a shipped choice; "
                "rename the file"
            )

    @property
    def defaults(self) -> dict[str, str]:
        """Default choice by group, in the order of config.yaml."""
        defaults = _read_shipped("config.yaml")["defaults"]
        return {group: choice for entry in defaults if entry != "_self_" for group, choice in entry.items()}

    @property
    def implied(self) -> dict[str, dict[str, str]]:
        """Choices by group that a choice, as "GROUP=CHOICE", takes with it where they are not given."""
        return dict(_read_shipped("implied.yaml"))

    @property
    def parts(self) -> dict[str, str]:
        """Group by dotted key of what can be chosen inside a choice: "trainer/weighting" by "trainer.weighting"."""
        found = {path.parent.relative_to(root).as_posix() for root in self._roots for path in root.glob("*/*/*.yaml")}
        return {group.replace("/", "."): group for group in sorted(found)}

    @property
    def _roots(self) -> list[Path]:
        return [SHIPPED] if self.config_dir is None else [SHIPPED, self.config_dir]

    def choices(self, group: str) -> dict[str, Path]:
        """File by choice of one group, shipped ones and the user's, sorted by name."""
        return dict(sorted((path.stem, path) for root in self._roots for path in (root / group).glob("*.yaml")))

    def meaning(self, group: str, choice: str) -> str:
        """What a choice is, from the comment that its file begins with."""
        first = self.choices(group)[choice].read_text(encoding="utf-8").partition("\n")[0]
        return first.removeprefix("#").strip() if first.startswith("#") else ""

    def keys(self, group: str | None, choice: str = "") -> tuple[Key, ...]:
        """Keys with defaults and comments of one choice, or of config.yaml itself when the group is None."""
        if group is None:
            return _read_keys(SHIPPED / "config.yaml", "")
        files, prefix = self.choices(group), f"{group.replace('/', '.')}."
        found = [key for layer in self.list_layers(group, choice) for key in _read_keys(files[layer], prefix)]
        return tuple({key.name: key for key in found}.values())

    def list_layers(self, group: str, choice: str, above: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A choice and those of its group that it is made of, in the order in which their keys are put, as Hydra does.

        Args:
            group: of the choice.
            choice: whose file is there.
            above: that have been gone through on the way to it.

        Raises:
            ConfigError: a choice is over itself.
        """
        files = self.choices(group)
        if choice in above:
            raise ConfigError(
                f"{group}={above[0]}: its defaults go round in a circle, {' > '.join((*above, choice))}; take "
                f"{choice} out of the list in {files[above[-1]]}"
            )
        found: list[str] = []
        for base in _list_bases(files[choice], group):
            if base == SELF:
                found.append(choice)
            elif base in files:
                found += self.list_layers(group, base, (*above, choice))
        return tuple(found)

    def experiment_keys(self, name: str) -> tuple[Key, ...]:
        """Keys that an experiment sets, with its values and the comments beside them."""
        return _read_keys(self.choices(EXPERIMENT)[name], "")


@cache
def _read_shipped(name: str) -> dict[str, Any]:
    """One of the files that come with the program, read once a process."""
    return dict(yaml.safe_load((SHIPPED / name).read_text(encoding="utf-8")))


def _list_bases(path: Path, group: str) -> list[str]:
    """Choices in a file's list of defaults, its own keys among them as `SELF`, at the end where that is not said."""
    try:
        root = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        return [SELF]  # told where keys are read
    listed = root.get("defaults") if isinstance(root, dict) else None
    named = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
    bases = [each.removeprefix(f"/{group}/").removesuffix(".yaml") for each in named]
    return bases if SELF in bases else [*bases, SELF]


def _read_keys(path: Path, prefix: str) -> tuple[Key, ...]:
    """Every key of a YAML file."""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: no YAML ({' '.join(str(error).split())}); mend the file") from error
    if not isinstance(root, yaml.MappingNode):
        return ()
    found = _leaves(root, prefix, text.splitlines())
    return tuple(key for key in found if key.name.rpartition(".")[2] not in ("defaults", "_target_"))


def _leaves(node: Any, prefix: str, lines: list[str]) -> list[Key]:
    """Every scalar or list of a YAML node, by dotted key."""
    found: list[Key] = []
    for name, value in node.value:
        if isinstance(value, yaml.MappingNode) and value.value:
            found += _leaves(value, f"{prefix}{name.value}.", lines)
            continue
        start, end = value.start_mark, value.end_mark
        one_line = name.end_mark.line == end.line
        line = lines[name.end_mark.line]
        shown = line[start.column : end.column] if one_line else "[...]"
        rest = line[end.column :] if one_line else line[name.end_mark.column :]
        found.append(Key(f"{prefix}{name.value}", shown, rest.partition("#")[2].strip()))
    return found
