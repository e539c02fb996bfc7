"""Asynchronous successive halving for several objectives: weak patterns pause early, the better ones go on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from search.problem import pareto
from spaces.errors import ConfigError
from spaces.fields import Fields

BEYOND = 0.1  # of the range at a rung: how far the reference of contributions lies beyond the worst; our choice


@dataclass(frozen=True)
class ParetoAsha:
    """The best ``1 / eta`` at each rung go on, by non-dominated rank, then by hypervolume contribution.

    Li et al. 2020, "A system for massively parallel hyperparameter tuning", algorithm 2: nobody waits for a rung to
    fill, and one that paused may go on later; ranks in place of a single metric as in Schmucker et al. 2021,
    "Multi-objective asynchronous successive halving". Multiply-accumulates are exact at every rung.

    Args:
        rung: epochs before the first pause.
        eta: one in so many goes on, after as many times the epochs.

    Raises:
        ConfigError: rung is not a whole number >= 1, or eta no number >= 1.5.
    """

    rung: int = 3
    eta: float = 2.0
    group: ClassVar[str] = "scheduler"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.integer("rung", low=1)
        fields.number("eta", low=1.5)
        fields.done()

    def rungs(self, epochs: int) -> tuple[int, ...]:
        """``rung``, ``rung * eta``, ... rounded, and the end.

        Raises:
            ConfigError: the first one is not before the end.
        """
        if self.rung >= epochs:
            raise ConfigError(
                f"scheduler.rung={self.rung}: a pause after {self.rung} epochs is not before the end of a training of "
                f"trainer.epochs={epochs}: want a smaller rung, more epochs, or scheduler=full"
            )
        found, place = [], float(self.rung)
        while round(place) < epochs:
            found.append(round(place))
            place *= self.eta
        return (*dict.fromkeys(found), epochs)

    def share(self, epochs: int) -> float:
        """As if exactly one in ``eta`` went on from every rung."""
        rungs = self.rungs(epochs)
        steps = [after - before for before, after in pairwise((0, *rungs))]
        return sum(step / self.eta**place for place, step in enumerate(steps)) / epochs

    def promoted(self, values: np.ndarray, directions: Sequence[str], *, complete: bool) -> np.ndarray:
        """The first in rank; rounded up once a rung is complete, so that somebody reaches the end."""
        share = len(values) / self.eta
        return rank(values, directions)[: math.ceil(share) if complete else int(share)]


def rank(values: np.ndarray, directions: Sequence[str]) -> np.ndarray:
    """Rows from best to worst: front by front, within one the greatest exclusive hypervolume first; ties by row.

    Args:
        values: (n, m) without NaN.
        directions: m times "maximise" or "minimise".
    """
    signs = np.array([1.0 if way == pareto.MAXIMISE else -1.0 for way in directions])
    gains = np.asarray(values, dtype=float) * signs
    width = np.ptp(gains, axis=0)
    scaled = (gains - gains.min(0)) / np.where(width > 0, width, 1.0)
    ways = [pareto.MAXIMISE] * len(signs)
    left, order = np.arange(len(gains)), []
    while len(left):
        members = left[pareto.mark_front(scaled[left], ways)]
        order += members[np.argsort(-_exclusive(scaled[members], ways), kind="stable")].tolist()
        left = np.setdiff1d(left, members)
    return np.array(order, dtype=int)


def _exclusive(front: np.ndarray, ways: Sequence[str]) -> np.ndarray:
    """Hypervolume that each row alone adds to the others."""
    worst = [-BEYOND] * front.shape[1]
    whole = pareto.compute_hypervolume(front, worst, ways)
    return np.array(
        [whole - pareto.compute_hypervolume(np.delete(front, row, 0), worst, ways) for row in range(len(front))]
    )
