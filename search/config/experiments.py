"""Experiments: whole settings under one name, which stand before what the command line says.

A file experiment/NAME.yaml has the form of config.yaml: choices of groups under ``defaults``, then keys with values.
Whatever the command line says wins, and with a choice of its own for a group the experiment's keys of that group fall
away. What is composed in the end has no trace of it, so that a search is the same however it was said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml

from search.components.groups import EXPERIMENT, Groups
from search.config.arguments import Value, quote
from spaces.common.suggestions import suggest
from spaces.errors import ConfigError

IMAGES = "images"


@dataclass(frozen=True)
class Experiment:
    """What an experiment's YAML says.

    Args:
        name: of the file.
        choices: by group, such as "space" or "trainer/weighting".
        values: of keys.
        images: to train on, of the data as they are published, for a dry run without them; None if it is not said.
        layout: what lies in the folder of the data, in words.
    """

    name: str
    choices: dict[str, str]
    values: tuple[Value, ...]
    images: int | None
    layout: str

    def without(self, groups: Collection[str]) -> Experiment:
        """What is left of it where some groups are chosen otherwise; parts of a group go with it."""

        def goes(place: str) -> bool:
            return any(place == group or place.startswith(f"{group}/") for group in groups)

        choices = {group: choice for group, choice in self.choices.items() if not goes(group)}
        values = tuple(value for value in self.values if not goes(value.key.replace(".", "/")))
        if "data" in groups:
            return replace(self, choices=choices, values=values, images=None, layout="")
        return replace(self, choices=choices, values=values)


def read_experiment(groups: Groups, name: str) -> Experiment:
    """Read an experiment.

    Args:
        groups: where it is looked for.
        name: one of its choices.

    Raises:
        ConfigError: the file is no YAML of that form, or with every choice in it that is not there.
    """
    path = groups.choices(EXPERIMENT)[name]
    want = f"{path}: want the form of config.yaml: a list of GROUP: CHOICE under defaults, then keys with values"
    try:
        text = path.read_text(encoding="utf-8")
        content, typed = yaml.safe_load(text), yaml.load(text, yaml.BaseLoader)  # texts of everything
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: no YAML ({' '.join(str(error).split())}); mend the file") from error
    if not isinstance(content, dict):
        raise ConfigError(want)
    entries = content.pop("defaults", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigError(want)
    choices = {str(group): str(choice) for entry in entries for group, choice in entry.items()}
    _check_choices(groups, f"{path}: defaults", choices)
    images = content.pop(IMAGES, None)
    if images is not None and (not isinstance(images, int) or isinstance(images, bool) or images < 1):
        raise ConfigError(f"{path}: {IMAGES}={images}: want how many images train, a whole number >= 1")
    raw = {key: value for key, value in _flatten(typed) if isinstance(value, str)}
    values = tuple(Value(key, value, spell(value), raw.get(key)) for key, value in _flatten(content))
    return Experiment(name, choices, values, images, _describe_root(groups, choices))


def spell(value: Any) -> str:
    """A plain value as the command line has it, in Hydra's grammar of overrides."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{spell(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(spell, value)) + "]"
    return repr(value)


def _check_choices(groups: Groups, where: str, choices: Mapping[str, str]) -> None:
    known = {*groups.defaults, *groups.parts.values()}
    problems = []
    for group, choice in choices.items():
        if group not in known:
            problems.append(
                f"{where}: {group}: no such group{suggest(group, known)} There are {', '.join(sorted(known))}"
            )
        elif choice not in (allowed := list(groups.choices(group))):
            problems.append(
                f"{where}: {group}={choice}: unknown{suggest(choice, allowed)} Allowed: {', '.join(allowed)}"
            )
    if problems:
        raise ConfigError(problems)


def _flatten(content: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted keys and their values; an empty mapping is a value."""
    for name, value in content.items():
        if isinstance(value, Mapping) and value:
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _describe_root(groups: Groups, choices: Mapping[str, str]) -> str:
    """What the comment beside the data's root says."""
    if "data" not in choices:
        return ""
    return next((key.comment for key in groups.keys("data", choices["data"]) if key.name == "data.root"), "")
