"""What a search is: every setting checked, every component built.

The one value that travels from the command line into the search, made from a composed configuration or from
the one that a run folder keeps; nothing downstream reads YAML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from search.components import build, describe
from search.nearest import nearest
from search.reference import Reference
from spaces.errors import ConfigError, UserError
from spaces.fields import Fields

if TYPE_CHECKING:
    from search.schedulers.scheduler import Scheduler
    from spaces.choices import Space
    from spaces.networks.family import Family
    from trainers.cost import Cost

COMPONENTS = ("space", "data", "network", "trainer", "sampler", "scheduler", "runner", "tracking")
RUN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")  # also what MLflow and every file system take
SHARED = (
    "baselines",
    "cache",
    "checks",
    "plans",
    "replicates",
    "mlflow.db",
    "mlflow.db.lock",
    "mlartifacts",
)  # by all runs of a folder
LARGEST_SEED = 2**31 - 1  # far from where a generator's own bound lies, ours or a component's: our choice
STAGES = 4  # stands in for the network's number of stages when the network itself is refused: our choice


@dataclass(frozen=True)
class Run:
    """Where a search lives.

    Args:
        name: folder of this search inside ``folder``.
        folder: holds the run folders of all searches and, by default, the MLflow store.
        seed: of everything random: patterns drawn, weights, order of images; from 0 to 2**31 - 1.
    """

    name: str
    folder: Path = Path("runs")
    seed: int = 0
    group: ClassVar[str] = "run"

    def __post_init__(self) -> None:
        checks = Fields(self)
        if isinstance(self.name, int) and not isinstance(self.name, bool):
            object.__setattr__(self, "name", str(self.name))  # run.name=7 reads as a number
        checks.require(
            isinstance(self.name, str) and RUN_NAME.fullmatch(self.name) is not None,
            f"run.name={self.name}: want letters, digits, '_', '.' and '-', at most 100, the first no '.' "
            "or '-'; another place is chosen with run.folder=DIR",
        )
        # Some file systems take Cache and cache for one.
        checks.require(
            str(self.name).lower() not in SHARED,
            f"run.name={self.name}: searches of one run.folder share what has that name; choose another than "
            f"{', '.join(SHARED)}",
        )
        if isinstance(self.folder, (str, Path)) and str(self.folder):
            object.__setattr__(self, "folder", Path(self.folder).expanduser())
        else:
            checks.require(False, f"run.folder={self.folder}: want the path of a folder")
        checks.integer("seed", low=0, high=LARGEST_SEED)
        checks.done()


@dataclass(frozen=True)
class Limits:
    """Hard limits: a pattern beyond one is refused before it is trained.

    Args:
        macs: multiply-accumulates of one image, heads counted, or None.
        params: parameters of the network, or None.
    """

    macs: float | None = None
    params: float | None = None
    group: ClassVar[str] = "limits"

    def __post_init__(self) -> None:
        checks = Fields(self)
        checks.number("macs", above=0, optional=True)
        checks.number("params", above=0, optional=True)
        checks.done()

    def allow(self, cost: Cost) -> bool:
        """Whether a cost is within them."""
        return (self.macs is None or cost.macs <= self.macs) and (self.params is None or cost.params <= self.params)


@dataclass(frozen=True)
class Stop:
    """When a search ends before its trials are spent.

    Args:
        hv_gain: share of the hypervolume so far that the next training has to be expected to add, or None.
    """

    hv_gain: float | None = None
    group: ClassVar[str] = "stop"

    def __post_init__(self) -> None:
        checks = Fields(self)
        checks.number("hv_gain", above=0, high=1, optional=True)
        checks.done()

    def reason(self, gain: float | None) -> str:
        """Why a search ends when its next training is expected to add this share; empty while it goes on."""
        if self.hv_gain is None or gain is None or gain >= self.hv_gain:
            return ""
        return (
            f"The next training is expected to add {100 * gain:.2g} % of the hypervolume, less than "
            f"stop.hv_gain={self.hv_gain:g}: a smaller one goes on."
        )


@dataclass(frozen=True)
class Baselines:
    """Single-task networks that delta_mtl is measured against.

    Args:
        seeds: networks per task; their mean is the reference.
    """

    seeds: int = 3
    group: ClassVar[str] = "baselines"

    def __post_init__(self) -> None:
        checks = Fields(self)
        checks.integer("seeds", low=1)
        checks.done()


@dataclass(frozen=True)
class Settings:
    """A whole search, checked.

    Args:
        trials: patterns to train in this run folder, those of earlier starts counted.
        objectives: names of what is traded off, resolved by ``search.objectives``.
        plain: the same in mappings, lists, numbers and texts; ``from_plain(plain)`` is an equal search.
    """

    trials: int
    objectives: tuple[str, ...]
    run: Run
    limits: Limits
    reference: Reference
    stop: Stop
    baselines: Baselines
    space: Space
    data: Any
    network: Family
    trainer: Any
    sampler: Any
    scheduler: Scheduler
    runner: Any
    tracking: Any
    plain: dict[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        checks = Fields(self)
        checks.integer("trials", low=1)
        checks.names("objectives", at_least=1)
        checks.done()


SECTIONS: dict[str, type[Run | Limits | Reference | Stop | Baselines]] = {
    "run": Run,
    "limits": Limits,
    "reference": Reference,
    "stop": Stop,
    "baselines": Baselines,
}


def from_plain(plain: Mapping[str, Any]) -> Settings:
    """Checks a composed configuration and builds its components.

    Args:
        plain: what ``experiments/conf/config.yaml`` lays down, composed and resolved.

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
        attempt(name, _section, kind, name, plain.get(name))
    for name in COMPONENTS:
        if name != "space":
            attempt(name, build, plain.get(name), name)
    attempt("space", build, plain.get("space"), "space", _stages(parts.get("network")))
    # The plain values of the top level are checked even when a part is refused, so that all is said at once.
    whole: dict[str, Any] = {name: parts.get(name) for name in (*SECTIONS, *COMPONENTS)}
    attempt("all", partial(Settings, **whole), plain.get("trials"), plain.get("objectives"))
    if problems:
        raise ConfigError(problems)
    settings: Settings = parts["all"]
    settings.plain.update(_described(settings, plain))
    return settings


def _unknown(plain: Mapping[str, Any]) -> list[str]:
    """Top-level keys that no setting has."""
    allowed = ["run", "trials", "objectives", "limits", "reference", "stop", "baselines", *COMPONENTS]
    return [
        f"{name}={value}: unknown key{nearest(str(name), allowed)} Allowed: {', '.join(allowed)}; "
        "--help lists every key"
        for name, value in plain.items()
        if name not in allowed
    ]


def _section(kind: type[Run | Limits | Reference | Stop | Baselines], name: str, values: Any) -> Any:
    """One of the small groups of plain values."""
    keys = [field.name for field in fields(kind)]
    shown = ", ".join(f"{name}.{key}" for key in keys)
    if not isinstance(values, Mapping):
        raise ConfigError(f"{name}={'null' if values is None else values}: holds several keys; give {shown}")
    unknown = [key for key in values if key not in keys]
    problems = [
        f"{name}.{key}={values[key]}: unknown key{nearest(str(key), keys)} Allowed keys: {shown}" for key in unknown
    ]
    try:
        section = kind(**{key: value for key, value in values.items() if key in keys})
    except UserError as error:
        raise ConfigError([*problems, *error.problems]) from error
    if problems:
        raise ConfigError(problems)
    return section


def _stages(network: Any) -> dict[str, int]:
    """What a space is told about the network."""
    names = ("encoder_stages", "decoder_stages")
    return {name: getattr(network, name, STAGES) for name in names}


def _described(settings: Settings, plain: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as plain values, in the order of config.yaml."""
    return {
        "run": {**asdict(settings.run), "folder": str(settings.run.folder)},
        "trials": settings.trials,
        "objectives": list(settings.objectives),
        "limits": asdict(settings.limits),
        "reference": asdict(settings.reference),
        "stop": asdict(settings.stop),
        "baselines": asdict(settings.baselines),
        **{name: describe(getattr(settings, name), plain[name]) for name in COMPONENTS},
    }
