"""What a search is: every setting checked, every component built.

The one value that travels from the command line into the search, made from a composed configuration or from
the one that a run folder keeps; nothing downstream reads YAML.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property, partial
from typing import Any

from search.components.components import build_component, describe_component
from search.config.epoch_split import EpochSplit, split_epochs
from search.config.experiments import Experiment
from search.config.sections import Baselines, Confirm, Final, Run, Supernet
from search.problem.bounds import Limits, Reference, Stop
from search.problem.objectives import LATENCY
from search.runners.runner import Runner
from search.samplers.sampler import Sampler
from search.schedulers.scheduler import Scheduler
from search.tracking.tracker import Tracking
from spaces.choices import Space, count_patterns
from spaces.common.suggestions import suggest
from spaces.errors import ConfigError, UserError
from spaces.fields import Fields
from spaces.networks.family import Family
from trainers.data.dataset import DataSet
from trainers.trainer import Trainer

GROUPS = ("space", "data", "network", "trainer", "sampler", "scheduler", "runner", "tracking")
FAILED = "failed"
STAGES = 4  # stands in for the network's number of stages when the network itself is refused: our choice


@dataclass(frozen=True)
class Settings:
    """A whole search, checked.

    Args:
        trials: patterns to train in this run folder, those of earlier starts counted; None as the split says.
        budget: epochs in all, single-task networks apart; None as the parts say.
        objectives: names of what is traded off, resolved by ``search.problem.objectives``.
        measure: "latency_ms" where that is to be a column though it is neither objective nor limit; else None.
        retry: "failed" where the patterns of failed trials are trained again; None where they are left.
        plain: the same in mappings, lists, numbers and texts; ``from_plain(plain)`` is an equal search.
        experiment: that it was said by, for messages alone.
    """

    trials: int | None
    budget: int | None
    objectives: tuple[str, ...]
    run: Run
    limits: Limits
    reference: Reference
    stop: Stop
    baselines: Baselines
    supernet: Supernet
    final: Final
    confirm: Confirm
    space: Space
    data: DataSet
    network: Family
    trainer: Trainer
    sampler: Sampler
    scheduler: Scheduler
    runner: Runner
    tracking: Tracking
    retry: str | None = None
    measure: str | None = None
    plain: dict[str, Any] = field(default_factory=dict, repr=False)
    experiment: Experiment | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        checks = Fields(self)
        checks.integer("trials", low=1, optional=True)
        checks.integer("budget", low=1, optional=True)
        checks.names("objectives", at_least=1)
        checks.require(
            self.retry in (None, FAILED),
            f"retry={self.retry}: want {FAILED}, which trains the patterns of failed trials again, or null",
        )
        checks.require(
            self.measure in (None, LATENCY.name),
            f"measure={self.measure}: want {LATENCY.name}, which every untrained network is then measured by, or null",
        )
        checks.done()

    @property
    def measures_latency(self) -> bool:
        """Whether patterns' untrained networks are timed."""
        wanted = self.limits.latency_ms is not None or self.measure == LATENCY.name
        return wanted or LATENCY.name in self.objectives

    @cached_property
    def split(self) -> EpochSplit:
        """What its epochs are spent on.

        Raises:
            ConfigError: see `search.config.epoch_split.split_epochs`.
        """
        epochs, sampler = self.trainer.epochs, self.sampler

        def available(wanted: int) -> int:
            return count_patterns(self.space, sorted(task.name for task in self.data.selected), wanted)

        return split_epochs(self.trials, self.budget, epochs, sampler, self.supernet, self.final, available)


LATER = ("supernet", "final", "confirm")  # sections that configurations of earlier versions do not have
Section = Run | Limits | Reference | Stop | Baselines | Supernet | Final | Confirm
SECTIONS: dict[str, type[Section]] = {
    "run": Run,
    "limits": Limits,
    "reference": Reference,
    "stop": Stop,
    "baselines": Baselines,
    "supernet": Supernet,
    "final": Final,
    "confirm": Confirm,
}


def from_plain(plain: Mapping[str, Any]) -> Settings:
    """Checks a composed configuration and builds its components.

    Args:
        plain: what ``search/conf/config.yaml`` lays down, composed and resolved.

    Returns:
        The search, with ``plain`` completed by the components' own defaults.

    Raises:
        ConfigError: with everything wrong in any part.
    """
    problems = _unknown(plain)
    parts: dict[str, Any] = {}

    def attempt(name: str, make: Callable[..., Any], *options: Any) -> None:
        try:
            parts[name] = make(*options)
        except UserError as error:
            problems.extend(error.problems)

    for name, kind in SECTIONS.items():
        attempt(name, _section, kind, name, plain.get(name, {} if name in LATER else None))
    for name in GROUPS:
        if name != "space":
            attempt(name, build_component, plain.get(name), name)
    attempt("space", build_component, plain.get("space"), "space", _stages(parts.get("network")))
    # The plain values of the top level are checked even when a part is refused, so that all is said at once.
    whole: dict[str, Any] = {name: parts.get(name) for name in (*SECTIONS, *GROUPS)}
    whole |= {name: plain.get(name) for name in ("retry", "measure")}
    attempt("all", partial(Settings, **whole), plain.get("trials"), plain.get("budget"), plain.get("objectives"))
    if problems:
        raise ConfigError(problems)
    settings: Settings = parts["all"]
    settings.plain.update(_described(settings, plain))
    return settings


def _unknown(plain: Mapping[str, Any]) -> list[str]:
    """Top-level keys that no setting has."""
    values = ("run", "trials", "budget", "retry", "objectives", "measure")
    allowed = [*values, *(name for name in SECTIONS if name != "run"), *GROUPS]
    return [
        f"{name}={value}: unknown key{suggest(str(name), allowed)} Allowed: {', '.join(allowed)}; "
        "--help lists every key"
        for name, value in plain.items()
        if name not in allowed
    ]


def _section(kind: type[Section], name: str, values: Any) -> Any:
    """One of the small groups of plain values."""
    keys = [field.name for field in fields(kind)]
    shown = ", ".join(f"{name}.{key}" for key in keys)
    if not isinstance(values, Mapping):
        raise ConfigError(f"{name}={'null' if values is None else values}: holds several keys; give {shown}")
    unknown = [key for key in values if key not in keys]
    problems = [
        f"{name}.{key}={values[key]}: unknown key{suggest(str(key), keys)} Allowed keys: {shown}" for key in unknown
    ]
    try:
        section = kind(**{key: value for key, value in values.items() if key in keys})
    except UserError as error:
        raise ConfigError([*problems, *error.problems]) from error
    if problems:
        raise ConfigError(problems)
    return section


def _stages(network: Family | None) -> dict[str, int]:
    """What a space is told about the network; None where that was refused."""
    if network is None:
        return {"encoder_stages": STAGES, "decoder_stages": STAGES}
    return {"encoder_stages": network.encoder_stages, "decoder_stages": network.decoder_stages}


def _described(settings: Settings, plain: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as plain values, in the order of config.yaml."""
    return {
        "run": {**asdict(settings.run), "folder": str(settings.run.folder)},
        "trials": settings.trials,
        "budget": settings.budget,
        "retry": settings.retry,
        "objectives": list(settings.objectives),
        "measure": settings.measure,
        "limits": asdict(settings.limits),
        "reference": asdict(settings.reference),
        "stop": asdict(settings.stop),
        "baselines": asdict(settings.baselines),
        "supernet": asdict(settings.supernet),
        "final": asdict(settings.final),
        "confirm": asdict(settings.confirm),
        **{name: describe_component(getattr(settings, name), plain[name]) for name in GROUPS},
    }
