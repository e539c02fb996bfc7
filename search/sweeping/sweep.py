"""A sweep: the runs that the product of comma lists makes, each an ordinary search in a folder of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from search.components.groups import EXPERIMENT, Groups
from search.config.arguments import quote, split_flags
from search.config.composition import compose
from search.config.settings import Settings
from search.config.validation import check_settings
from search.study.run_folder import check_folder
from search.sweeping.lists import Listed, list_combinations, read_lists
from search.sweeping.names import SEED, name_runs, name_sweep
from spaces.errors import ConfigError, UserError

NAME = "run.name"


@dataclass(frozen=True)
class SweptRun:
    """One search of a sweep.

    Args:
        values: of the lists, as typed, by key.
        words: arguments of `search.run`.
        settings: what these come to.
    """

    values: Mapping[str, str]
    words: tuple[str, ...]
    settings: Settings

    @property
    def name(self) -> str:
        """Of its folder."""
        return self.settings.run.name

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.settings.run.folder / self.name

    @property
    def setting(self) -> dict[str, str]:
        """Its values but the seed: what is compared over seeds."""
        return {key: value for key, value in self.values.items() if key != SEED}

    @property
    def digest(self) -> str:
        """Of everything that it was asked for."""
        told = json.dumps(self.settings.plain, sort_keys=True, default=str)
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Sweep:
    """All runs of one command.

    Args:
        folder: of the sweep; run folders lie in it, and what they share.
        outer: folder that it lies in, with what earlier searches have left.
        lists: keys with their values.
        runs: the last list innermost.
    """

    folder: Path
    outer: Path
    lists: tuple[Listed, ...]
    runs: tuple[SweptRun, ...]


def plan_sweep(argv: Sequence[str]) -> Sweep:
    """The runs that the command line means, their settings composed and checked.

    Args:
        argv: arguments of `search.run`, some values comma lists.

    Raises:
        UserError: with everything wrong in the lists, else in any run, each said once.
    """
    flags, words = split_flags(argv)
    lists, rest = read_lists(words)
    combinations = list_combinations(lists)
    first = compose([*flags, *rest, *spell_values(combinations[0])])
    named = any(word.partition("=")[0].lstrip("+") == NAME for word in rest)
    own = first.run.name if named else name_sweep(lists)
    folder = first.run.folder / own
    replace(first.run, name=own)  # refuses a name that runs of a folder share
    given = [word for word in rest if word.partition("=")[0].lstrip("+") not in (NAME, "run.folder")]
    config_dir = next((flag.partition("=")[2] for flag in flags if flag.startswith("--config-dir=")), None)
    groups = Groups(Path(config_dir) if config_dir else None)
    names = name_runs(combinations, [*groups.defaults, *groups.parts, EXPERIMENT])
    _refuse_one_folder(names, combinations)
    runs: list[SweptRun] = []
    problems: list[str] = []
    for name, values in zip(names, combinations, strict=True):
        placed = [f"run.folder={quote(str(folder))}", f"{NAME}={quote(name)}"]
        arguments = (*flags, *given, *spell_values(values), *placed)
        try:
            runs.append(SweptRun(values, arguments, compose(arguments)))
        except UserError as error:
            problems.extend(error.problems)
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))
    _refuse_same(runs)
    return Sweep(folder, first.run.folder, tuple(lists), tuple(_share_data(runs)))


def check_sweep(sweep: Sweep) -> None:
    """See that all runs can be, and that their folders are free or their own, before any begins.

    Raises:
        UserError: with everything that is wrong, each said once.
    """
    problems: list[str] = []
    seen: set[str] = set()
    for run in sweep.runs:
        apart = json.dumps({**run.settings.plain, "run": None}, sort_keys=True, default=str)
        try:
            if apart not in seen:  # seeds change nothing that is checked
                check_settings(run.settings)
            seen.add(apart)
            check_folder(run.settings)
        except UserError as error:
            problems.extend(error.problems)
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))


def spell_values(values: Mapping[str, str]) -> list[str]:
    """Values as arguments."""
    return [f"{key}={value}" for key, value in values.items()]


def _refuse_one_folder(names: Sequence[str], combinations: Sequence[Mapping[str, str]]) -> None:
    """Runs whose folders would be one; some file systems take Run and run for one."""
    found: dict[str, Mapping[str, str]] = {}
    for name, values in zip(names, combinations, strict=True):
        if (other := found.setdefault(name.lower(), values)) is not values:
            told, again = (" ".join(spell_values(each)) for each in (other, values))
            raise ConfigError(
                f"{told} and {again} would both lie in the run folder {name}; names keep letters, digits, '_', '.' and "
                "'-' of values alone: give values that differ in these, or two sweeps with run.name=NAME"
            )


def _refuse_same(runs: Sequence[SweptRun]) -> None:
    """Runs that come to the same settings by two spellings."""
    found: dict[str, SweptRun] = {}
    for run in runs:
        plain: dict[str, Any] = {**run.settings.plain, "run": {**run.settings.plain["run"], "name": None}}
        other = found.setdefault(json.dumps(plain, sort_keys=True, default=str), run)
        if other is not run:
            told, again = (" ".join(spell_values(each.values)) for each in (other, run))
            raise ConfigError(f"{told} and {again} are one search; give each value once")


def _share_data(runs: Sequence[SweptRun]) -> list[SweptRun]:
    """The same with one object for equal data, whose content is then read once."""
    known: list[Any] = []
    shared = []
    for run in runs:
        data = next((each for each in known if each == run.settings.data), run.settings.data)
        known.append(data)
        shared.append(replace(run, settings=replace(run.settings, data=data)))
    return shared
