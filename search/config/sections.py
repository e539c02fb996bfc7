"""Sections of the configuration that are no components: where a run lives, and its baselines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from spaces.common.home import expand_home
from spaces.errors import ConfigError
from spaces.fields import Fields

URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")  # a Path has dropped the second stroke; one letter is a drive
RUN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")  # also what MLflow and every file system take


SHARED = (
    "baselines",
    "cache",
    "checks",
    "plans",
    "replicates",
    "supernets",
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
        usable = isinstance(self.folder, (str, Path)) and bool(str(self.folder))
        checks.require(usable, f"run.folder={self.folder}: want the path of a folder")
        checks.require(
            not URL.match(str(self.folder)),
            f"run.folder={self.folder}: a URL, and a run's files are locked and replaced in place, as no object store "
            "does it; want a folder on a disk, which all nodes share where there are several (NFS, Lustre), and copy "
            "runs to a store when they have ended, such as with 'aws s3 sync'",
        )
        try:
            object.__setattr__(self, "folder", expand_home(self.folder, "run.folder") if usable else Path())
        except ConfigError as error:
            checks.require(False, *error.problems)
        checks.integer("seed", low=0, high=LARGEST_SEED)
        checks.done()


@dataclass(frozen=True)
class Baselines:
    """Single-task networks that delta_mtl is measured against.

    Args:
        seeds: networks per task; their mean is the reference.
        epochs: of each; None for those of the recipe. Networks that are trained to the end have had more: who compares
            them gives as many.
    """

    seeds: int = 3
    epochs: int | None = None
    group: ClassVar[str] = "baselines"

    def __post_init__(self) -> None:
        checks = Fields(self)
        checks.integer("seeds", low=1)
        checks.integer("epochs", low=1, optional=True)
        checks.done()


@dataclass(frozen=True)
class Confirm:
    """What is done at the end of a search with what it delivers, as `python -m search.confirm` does it.

    Args:
        seeds: fresh ones, with which every network is trained again and measured on the test split; None for none.
    """

    seeds: int | None = None
    group: ClassVar[str] = "confirm"

    def __post_init__(self) -> None:
        checks = Fields(self)
        checks.integer("seeds", low=1, optional=True)
        checks.done()


STARTS = ("auto", "supernet", "trial", "nothing")


@dataclass(frozen=True)
class Supernet:
    """The one training of all patterns that some samplers rest on.

    Args:
        epochs: of it; None for 6.6 of a trial's trainings, or the share that ``budget`` leaves.
    """

    epochs: int | None = None
    group: ClassVar[str] = "supernet"

    def __post_init__(self) -> None:
        checks = Fields(self)
        checks.integer("epochs", low=1, optional=True)
        checks.done()


@dataclass(frozen=True)
class Final:
    """The training to the end of the networks that are delivered.

    Args:
        epochs: of each network's own; None for none, or for what the sampler or ``budget`` says.
        budget: the same as a share of all epochs, or None.
        members: of the front that are trained to the end, at most; None for 3.
        start: weights they start from: of the supernet, of their trial, or from nothing; "auto" for the first of these
            that is there.
    """

    epochs: int | None = None
    budget: float | None = None
    members: int | None = None
    start: str = "auto"
    group: ClassVar[str] = "final"

    def __post_init__(self) -> None:
        checks = Fields(self)
        checks.integer("epochs", low=1, optional=True)
        checks.number("budget", above=0.0, high=0.95, optional=True)
        checks.integer("members", low=1, optional=True)
        checks.one_of("start", STARTS)
        checks.require(
            self.epochs is None or self.budget is None,
            f"final.epochs={self.epochs} and final.budget={self.budget}: both say how long; give one of them",
        )
        checks.done()
