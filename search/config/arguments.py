"""Splits the command line into flags, group choices and values, before anything is composed.

Values follow Hydra's override grammar. Flags are ours: Hydra's own answer with tracebacks or start its jobs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spaces.common.home import expand_home
from spaces.common.suggestions import suggest
from spaces.errors import ConfigError

FLAGS = ("--help", "--cfg", "--config-dir", "--allow")
QUOTING = "put a value that holds = , { } [ ] ( ) : or quotes in two kinds of quotes: 'key=\"value\"'"


@dataclass(frozen=True)
class Value:
    """One ``key=value`` of the command line or of an experiment.

    Args:
        key: dotted.
        parsed: the value.
        text: after the sign, as Hydra reads it.
        raw: the same as it was typed; None where that is no different.
        problem: why it cannot be read, unless its field wants a text.
    """

    key: str
    parsed: Any
    text: str
    raw: str | None = None
    problem: str = ""

    @property
    def typed(self) -> str:
        """The value as it was typed."""
        return self.text if self.raw is None else self.raw


@dataclass(frozen=True)
class Arguments:
    """What the command line says: questions asked by flags, a folder of more YAML groups, packages, and values."""

    asks_help: bool = False
    asks_config: bool = False
    config_dir: Path | None = None
    allowed: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()


def parse(argv: Sequence[str], *, lenient: bool = False) -> Arguments:
    """Reads the command line.

    Args:
        argv: the arguments after the program's name.
        lenient: whether values that Hydra cannot read come back with their problem, for their fields may want texts.

    Returns:
        Flags and values, in the order given.

    Raises:
        ConfigError: with every unknown flag, sweep, removal and syntax error found.
    """
    flags, words, problems = _flags(argv)
    values, refused = [], bool(problems)
    for word in words:
        try:
            value = _value(word)
        except ConfigError as error:
            problems.extend(error.problems)
            refused = True
            continue
        values.append(value)
        problems.extend([value.problem] if value.problem else [])
    if refused or (problems and not lenient):
        raise ConfigError(problems)
    return Arguments(**flags, values=tuple(values))


def split_flags(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """Flags, each in one word, and the other words, which nobody has read.

    Raises:
        ConfigError: with every flag that is not there.
    """
    flags, words, problems = _flags(argv)
    if problems:
        raise ConfigError(problems)
    asked = [word for name, word in (("asks_help", "--help"), ("asks_config", "--cfg")) if flags.get(name)]
    folder = [f"--config-dir={flags['config_dir']}"] if "config_dir" in flags else []
    return [*asked, *folder, *(f"--allow={package}" for package in flags.get("allowed", ()))], words


def _flags(argv: Sequence[str]) -> tuple[dict[str, Any], list[str], list[str]]:
    """Flags by field of Arguments, the remaining words, and what is wrong with the flags."""
    found: dict[str, Any] = {}
    words: list[str] = []
    problems: list[str] = []
    queue = list(argv)
    while queue:
        word = queue.pop(0)
        name, has_value, text = word.partition("=")
        if word in ("--help", "-h"):
            found["asks_help"] = True
        elif word == "--cfg":
            found["asks_config"] = True
        elif name == "--config-dir":
            text = text if has_value else (queue.pop(0) if queue else "")
            found["config_dir"] = expand_home(text, "--config-dir")
            if not text or not found["config_dir"].is_dir():
                problems.append(
                    f"--config-dir {text or '(nothing)'}: no such folder; give a folder that holds "
                    "GROUP/CHOICE.yaml files, such as DIR/space/mine.yaml"
                )
        elif name == "--allow":
            found["allowed"] = (*found.get("allowed", ()), text if has_value else (queue.pop(0) if queue else ""))
        elif word in ("--multirun", "-m"):
            problems.append(
                f"{word}: several searches by one command are python -m search.sweep with comma lists, such as "
                "run.seed=0,1,2"
            )
        elif word.startswith("-"):
            problems.append(
                f"{word}: unknown flag{suggest(name, FLAGS)} Allowed: --help, --cfg, --config-dir DIR, "
                "--allow PACKAGE; a key is written KEY=VALUE without dashes"
            )
        else:
            words.append(word)
    return found, words, problems


def _value(word: str) -> Value:
    """One override by Hydra's grammar."""
    from hydra.core.override_parser.overrides_parser import OverridesParser  # hydra: 0.2 s, --help does without
    from hydra.errors import HydraException

    if word.startswith("~"):
        raise ConfigError(
            f"{word}: nothing can be taken away; give another value or choice, or null where a key allows it"
        )
    if "=" not in word:
        raise ConfigError(f"{word}: want GROUP=CHOICE or KEY=VALUE, such as space=fusion or trials=20")
    name, _, text = word.partition("=")
    try:
        override = OverridesParser.create().parse_overrides([word])[0]
        parsed = override.value()
    except HydraException as error:
        reason = str(error).splitlines()[0]
        return _unread(name, text, f"{word}: cannot be read ({reason}); {QUOTING}")
    if not override.key_or_group or override.package is not None:
        raise ConfigError(f"{word}: want GROUP=CHOICE or KEY=VALUE, such as space=fusion or trials=20")
    if override.is_sweep_override():
        problem = (
            f"{word}: several values would be a sweep; write a list as '{override.key_or_group}=[a,b]', and have "
            "several searches done by python -m search.sweep with the same arguments"
        )
        return _unread(name, text, problem)
    return Value(override.key_or_group, parsed, text)


def _unread(name: str, text: str, problem: str) -> Value:
    """A value that only a field takes that wants a text."""
    if not re.fullmatch(r"\+{0,2}[A-Za-z_][\w./-]*", name):
        raise ConfigError(problem)
    return Value(name.lstrip("+"), text, quote(text), text, problem)


def quote(text: str) -> str:
    """A text as Hydra's grammar has it: quotes are escaped, and backslashes where a quote follows."""
    return "'" + re.sub(r"(\\*)('|$)", lambda found: 2 * found[1] + ("\\'" if found[2] else ""), text) + "'"
