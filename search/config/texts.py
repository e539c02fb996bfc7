"""Texts that look like something else: where a field wants a text, it is what was typed.

Hydra's grammar makes numbers of 2024_01_05 and inf, and cannot read ~/photos or a,b. Which fields want a text is known
from their types once it is composed which components there are. ``null`` is nothing unless something is called so, and
``${b}`` the value of the key b unless there is none.
"""

from __future__ import annotations

import dataclasses
import inspect
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from search.components.component_names import TARGET
from search.components.components import locate_component
from search.config.arguments import Value, quote
from search.config.settings import SECTIONS
from spaces.errors import ConfigError

TEXTS = {"str", "Path", "PathLike[str]", "os.PathLike[str]"}
LISTS = re.compile(r"(?:tuple|list|Sequence|Collection|Iterable|set|frozenset)\[(\w+)(?:, \.\.\.)?\]")
REFERENCE = re.compile(r"\$\{([^{}:.][^{}:]*)\}")
"""To the value of another key, by its whole name."""
TEXT, LIST = "a text", "a list of texts"


def restore_texts(plain: dict[str, Any], values: Sequence[Value], files: Mapping[str, Path]) -> None:
    """Put texts as they were typed in the place of what they were taken for.

    Args:
        plain: the composed configuration, changed in place.
        values: of experiment and command line; of those with one key the last counts.
        files: YAML file by group of what is chosen.

    Raises:
        ConfigError: with every value that cannot be read where no text is wanted.
    """
    problems = []
    last = {value.key: value for value in values}
    for key, value in last.items():
        *path, name = key.split(".")
        kind = _find_kind(plain, path, name)
        if kind == TEXT and (value.problem or not (isinstance(value.parsed, str) or _is_nothing(value))):
            _descend(plain, path)[name] = value.typed
        elif kind == LIST and (pieces := _cut(value)):
            _descend(plain, path)[name] = pieces
        elif value.problem:
            problems.append(value.problem)
    if problems:
        raise ConfigError(problems)
    for group, file in files.items():
        path = group.split("/")
        typed = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)  # makes texts of everything
        _restore_file(plain, path, typed, last)


def keep_references(values: Sequence[Value], config: Any) -> list[Value]:
    """Values as they are, but for texts such as ``${b}`` where there is no key ``b``: these mean what was typed.

    Args:
        values: of experiment and command line.
        config: the composed configuration, in which such references are looked up.
    """
    from omegaconf import OmegaConf  # with hydra: 0.2 s, --help does without

    def is_known(reference: str) -> bool:
        try:
            return OmegaConf.select(config, reference, default=None) is not None
        except Exception:  # of names that no key could have, OmegaConf raises anything
            return False

    kept = []
    for value in values:
        typed = value.parsed if isinstance(value.parsed, str) else value.typed
        unknown = [name for name in REFERENCE.findall(typed) if not is_known(name)]
        if unknown and not value.problem:
            problem = f"{value.key}={typed}: there is no key {unknown[0]} to take the value of; --help lists the keys"
            value = replace(value, text=quote("unread"), raw=typed, problem=problem)
        kept.append(value)
    return kept


def _restore_file(plain: Mapping[str, Any], path: list[str], typed: Any, given: Mapping[str, Value]) -> None:
    """The same for the values of a group's file that nothing stands before."""
    node = _descend(plain, path)
    for name in list(node) if isinstance(typed, Mapping) else ():
        if isinstance(node[name], Mapping):
            _restore_file(plain, [*path, name], typed.get(name), given)
        elif (
            isinstance(node[name], (bool, int, float))
            and isinstance(typed.get(name), str)
            and ".".join([*path, name]) not in given
            and _find_kind(plain, path, name) == TEXT
        ):
            node[name] = typed[name]


def _is_nothing(value: Value) -> bool:
    """Whether a value is null, and not the name of what is there."""
    return value.parsed is None and not os.path.lexists(value.typed)


def _descend(plain: Mapping[str, Any], path: Sequence[str]) -> Any:
    """What lies at a path of mappings; an empty one where nothing does."""
    node: Any = plain
    for name in path:
        node = node.get(name, {}) if isinstance(node, Mapping) else {}
    return node if isinstance(node, Mapping) else {}


def _find_kind(plain: Mapping[str, Any], path: Sequence[str], name: str) -> str:
    """Whether a field is of a text or of a list of texts, by the type of the component or section that has it."""
    node = _descend(plain, path)
    if name not in node:
        return ""
    if len(path) == 1 and path[0] in SECTIONS:
        return _read_type(SECTIONS[path[0]], name)
    if not isinstance(node.get(TARGET), str):
        return ""
    try:
        return _read_type(locate_component(node[TARGET], ".".join(path)), name)
    except ConfigError:  # told when the component is built
        return ""


def _read_type(owner: Any, name: str) -> str:
    if dataclasses.is_dataclass(owner):
        types = {field.name: field.type for field in dataclasses.fields(owner)}
    else:
        types = {each.name: each.annotation for each in inspect.signature(owner).parameters.values()}
    found = types.get(name, "")
    told = found.__name__ if isinstance(found, type) else str(found)
    parts = {part.strip().removeprefix("pathlib.") for part in told.split("|")} - {"None", "NoneType"}
    if parts and parts <= TEXTS:
        return TEXT
    lists = [LISTS.fullmatch(part) for part in parts]
    return LIST if lists and all(each and each[1] in TEXTS for each in lists) else ""


def _cut(value: Value) -> list[str]:
    """The items of a list as they were typed, where some are no texts or Hydra cannot read it; else none."""
    typed = value.typed.strip()
    if not (typed.startswith("[") and typed.endswith("]")) or "${" in typed:
        return []
    if not value.problem and all(isinstance(item, str) for item in value.parsed):
        return []
    pieces = [piece.strip() for piece in typed[1:-1].split(",")]
    cut = [piece[1:-1] if re.fullmatch(r"'[^']*'|\"[^\"]*\"", piece) else piece for piece in pieces]
    whole = value.problem or len(cut) == len(value.parsed)
    return cut if whole and all(cut) and not any(set(piece) & set("[]{}'\"") for piece in cut) else []
