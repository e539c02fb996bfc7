"""Where the hypervolume is measured from: the worst values that count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from spaces.fields import Fields
from spaces.networks.cost import Cost


@dataclass(frozen=True)
class Reference:
    """The reference point, fixed when a search starts; metrics of tasks count from the trivial predictor's value.

    Args:
        delta: percent, of delta_mtl and worst_delta; our choice (design): no front of interest loses a fifth.
        cost: of multiply-accumulates and parameters, as a multiple of the costliest pattern's, so that this one still
            adds volume; our choice.

    Raises:
        ConfigError: the point would lie inside the front.
    """

    delta: float = -20.0
    cost: float = 1.05
    group: ClassVar[str] = "reference"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.number("delta")
        fields.number("cost")
        fields.require(
            not (isinstance(self.delta, (int, float)) and self.delta >= 0),
            f"reference.delta={self.delta}: want a number below 0, or the reference point lies inside the front: "
            "what is as good as single-task networks would not count",
        )
        fields.require(
            not (isinstance(self.cost, (int, float)) and self.cost <= 1),
            f"reference.cost={self.cost}: want a number above 1, or the reference point lies inside the front: the "
            "costliest pattern would not count",
        )
        fields.done()


USUAL = Reference()


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
