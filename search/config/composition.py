"""From the command line to checked settings: Hydra composes the YAML, every mistake ends as one message.

First step of a search. Imports neither torch nor ray, mlflow or optuna, so that it answers at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import yaml

from search.components.groups import EXPERIMENT, SHIPPED, Groups
from search.config.arguments import Arguments, Value, parse
from search.config.experiments import Experiment, read_experiment
from search.config.help import format_help
from search.config.named_packages import list_named
from search.config.sections import Baselines, Run
from search.config.settings import Settings, from_plain
from search.config.texts import keep_references, restore_texts
from search.problem.bounds import Limits
from spaces.common.permissions import allow
from spaces.common.suggestions import suggest
from spaces.errors import ConfigError

if TYPE_CHECKING:
    from omegaconf import DictConfig

RESOLVER = re.compile(r"\$\{\s*[^{}:]*:")  # ${oc.env:NAME}, ${hydra:...}, ${now:...}
ONE_AT_A_TIME = Lock()  # Hydra keeps what it composes by in the process, for all threads
__all__ = ["Baselines", "Limits", "Run", "Settings", "answer", "compose", "from_plain"]


def compose(argv: Sequence[str]) -> Settings:
    """Composes and checks a search.

    Args:
        argv: the arguments after the program's name, such as ``["space=fusion", "trials=20"]``.

    Returns:
        The search, its components built.

    Raises:
        ConfigError: with every problem found.
    """
    arguments = parse(argv, lenient=True)
    groups = Groups(arguments.config_dir)
    said = _sort(arguments.values, groups)
    allow([*arguments.allowed, *list_named(arguments)])
    return replace(from_plain(_composed(arguments, said, groups)), experiment=said.experiment)


def answer(argv: Sequence[str], program: str = "search.run") -> str | None:
    """The text that ``--help`` or ``--cfg`` asks for, or None when a search is asked for.

    Args:
        argv: as for ``compose``.
        program: which one is asked, such as "search.run".

    Raises:
        ConfigError: as ``compose``.
    """
    arguments = parse(argv, lenient=True)
    if arguments.asks_help:
        groups = Groups(arguments.config_dir)
        said = _sort(arguments.values, groups)
        return format_help(groups, said.choices, program, said.experiment.name if said.experiment else None)
    if arguments.asks_config:
        return yaml.safe_dump(compose(argv).plain, sort_keys=False)
    return None


@dataclass(frozen=True)
class _Said:
    """The choice of every group, the values that are no choices, and the experiment behind some of both, if any."""

    choices: dict[str, str]
    values: list[Value]
    experiment: Experiment | None


def _sort(values: Sequence[Value], groups: Groups) -> _Said:
    """Choices and values, an experiment's among them where the command line does not choose otherwise.

    Raises:
        ConfigError: with every choice that is not there.
    """
    given, rest = _split(values, groups)
    name = given.pop(EXPERIMENT, None)
    if name is None:
        return _Said(_add_implied(groups, groups.defaults, given), rest, None)
    experiment = read_experiment(groups, name)
    own = _add_implied(groups, groups.defaults, experiment.choices)
    # What data take with them is a usual value, to which an experiment's own choice is none; others could not go on.
    choices = {**_add_implied(groups, own, {**given, "data": ""}), **given, "data": given.get("data", own["data"])}
    # A part that is laid down by a mapping is chosen by hand, too.
    laid = {groups.parts.get(value.key, value.key) for value in rest if isinstance(value.parsed, Mapping)}
    others = {group for group, choice in choices.items() if own.get(group) != choice} | (laid & set(choices))
    experiment = experiment.without(others)
    kept = {group: choice for group, choice in choices.items() if "/" not in group or group in experiment.choices}
    parts = {group: choice for group, choice in given.items() if "/" in group}
    return _Said({**kept, **parts}, [*experiment.values, *rest], experiment)


def _split(values: Sequence[Value], groups: Groups) -> tuple[dict[str, str], list[Value]]:
    """The choices that are given, by group, and the values that are none.

    Raises:
        ConfigError: with every choice that is not there.
    """
    problems = []
    given: dict[str, str] = {}
    rest = []
    known, parts = {*groups.defaults, EXPERIMENT}, groups.parts  # read from disk, once
    for value in values:
        # A part is named by a word; a mapping lays it down itself.
        part = parts.get(value.key) if isinstance(value.parsed, str) else None
        group = value.key if value.key in known else part
        if group is None:
            rest.append(value)
            continue
        allowed = list(groups.choices(group))
        if value.problem:
            problems.append(value.problem)
        elif group in given:
            problems.append(f"{value.key}={value.text}: {value.key} is chosen twice; give it once")
        elif value.parsed not in allowed:
            problems.append(
                f"{value.key}={value.text}: unknown{suggest(value.text, allowed)} "
                f"Allowed: {', '.join(allowed)}; "
                f"one of your own is a file DIR/{group}/NAME.yaml with --config-dir DIR"
            )
        given[group] = str(value.parsed)
    if problems:
        raise ConfigError(problems)
    return given, rest


def _add_implied(groups: Groups, choices: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Choices with others put over them, and what those take with them under these."""
    implied: dict[str, str] = {}
    for group, choice in given.items():
        implied |= groups.implied.get(f"{group}={choice}", {})
    return {**choices, **implied, **given}


def _composed(arguments: Arguments, said: _Said, groups: Groups) -> dict[str, Any]:
    """The configuration as Hydra composes it, interpolations resolved.

    Raises:
        ConfigError: what Hydra or a YAML file cannot do.
    """
    from hydra.errors import HydraException  # hydra: 0.2 s, --help does without
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    choices, values = said.choices, said.values
    if arguments.config_dir is not None:
        for group, choice in choices.items():
            groups.list_layers(group, choice)  # Hydra would go round in a circle until Python stops it
    for value in values:
        if value.key.partition(".")[0] == "hydra":
            raise ConfigError(f"{value.key}={value.text}: Hydra's own settings are fixed; leave it out")
    try:
        chosen = _choose(tuple(choices.items()), arguments.config_dir)
        config = _put(values, chosen)
        if (kept := keep_references(values, config)) != values:
            values = kept
            config = _put(values, chosen)
        _refuse_resolvers(OmegaConf.to_container(config))
        plain = OmegaConf.to_container(config, resolve=True)
    except ConfigError:
        raise
    except (HydraException, OmegaConfBaseException, yaml.YAMLError, ValueError) as error:  # of a list, of letters
        if unread := [value.problem for value in values if value.problem]:
            raise ConfigError(unread) from error
        reason = str(error).splitlines()[0]
        if at := getattr(error, "full_key", None):
            reason += f" (at {at})"
        shown = " ".join(f"{value.key}={value.text}" for value in values)
        raise ConfigError(
            f"the configuration cannot be composed: {reason}; given: {shown or 'defaults'}. "
            "Check these values and the YAML of the chosen groups; --help lists the keys"
        ) from error
    assert isinstance(plain, dict)  # config.yaml is a mapping
    composed = {str(name): value for name, value in plain.items()}
    restore_texts(composed, values, {group: groups.choices(group)[choice] for group, choice in choices.items()})
    run = composed.get("run")
    if isinstance(run, dict) and run.get("name") is None:
        run["name"] = said.experiment.name if said.experiment else f"{choices['space']}-{choices['data']}"
    return composed


def _choose(choices: tuple[tuple[str, str], ...], folder: Path | None) -> DictConfig:
    """The configuration of these choices; with a folder of more groups, which may change, it is read every time."""
    return _compose(choices, folder) if folder is not None else _compose_shipped(choices)


@lru_cache(maxsize=32)
def _compose_shipped(choices: tuple[tuple[str, str], ...]) -> DictConfig:
    """Read once a process: it takes 0.1 s, and notebooks, sweeps and tests compose again and again."""
    return _compose(choices, None)


def _compose(choices: tuple[tuple[str, str], ...], folder: Path | None) -> DictConfig:
    from hydra import compose, initialize_config_dir  # as in `_composed`

    # A part is put in by the choice's own YAML, if at all, and not by a list of defaults, so it is added.
    overrides = [f"{'+' if '/' in group else ''}{group}={choice}" for group, choice in choices]
    if folder is not None:
        place = str(folder.resolve()).replace("\\", "\\\\").replace('"', '\\"')
        overrides.append(f'hydra.searchpath=["file://{place}"]')
    with _own_hydra(), initialize_config_dir(str(SHIPPED), version_base="1.3"):
        return compose("config", overrides)


def _put(values: Sequence[Value], chosen: DictConfig) -> DictConfig:
    """The configuration with values put over what is chosen, as Hydra puts ``++key=value``.

    Forced, for a component's field need not be in its YAML; from_plain refuses what no component knows.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser  # as in `_composed`
    from omegaconf import OmegaConf

    config = deepcopy(chosen)
    for override in OverridesParser.create().parse_overrides([f"++{value.key}={value.text}" for value in values]):
        OmegaConf.update(config, override.key_or_group, override.value(), merge=True, force_add=True)
    return config


def _refuse_resolvers(node: Any, at: str = "") -> None:
    """Refuse interpolations that ask the process, not the configuration: config.yaml would keep what they answer.

    Raises:
        ConfigError: a text has one, such as ``${oc.env:TOKEN}``.
    """
    items = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for name, value in items:
        _refuse_resolvers(value, f"{at}.{name}" if at else str(name))
    if isinstance(node, str) and (found := RESOLVER.search(node)):
        raise ConfigError(
            f"{at}={node}: {found[0]}...}} would put what this process knows, passwords too, into the run's files; "
            "want a value, or the name of another key, such as ${trainer.epochs}; a shell puts variables in by itself: "
            f'{at}="$NAME"'
        )


@contextmanager
def _own_hydra() -> Iterator[None]:
    """Hydra as if nobody had used it; a program that composes configurations of its own finds it as it was."""
    from hydra.core.global_hydra import GlobalHydra  # as in `_composed`
    from hydra.version import VersionBase

    with ONE_AT_A_TIME:
        before = GlobalHydra.instance().hydra, VersionBase.instance().getbase()
        GlobalHydra.instance().clear()
        try:
            yield
        finally:
            # Of the instances that are there now, for Hydra makes new ones.
            GlobalHydra.instance().hydra, VersionBase.instance().version_base = before
