"""The front of what was delivered, between validation and test split: the optimistic and the pessimistic one.

Feurer et al., "Mind the gap: measuring generalization performance across multiple objectives" (arXiv 2212.04183): of
networks that are on the front of the validation split, some are dominated on the test split. The optimistic front keeps
those that no other one dominates there, which is chosen by the test split; the pessimistic one those that dominate no
other one. What was delivered is worth something between the two.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search.problem.objectives import MAXIMISE, MINIMISE
from search.problem.pareto import compute_hypervolume, mark_front


@dataclass(frozen=True)
class Gap:
    """Hypervolumes of the same networks, in the product of the objectives' units; NaN where they are not known.

    Args:
        validation: as the search measured them.
        optimistic: of those that nothing dominates, by test means.
        pessimistic: of those that dominate nothing, by test means.
    """

    validation: float
    optimistic: float
    pessimistic: float

    @property
    def loss(self) -> float:
        """By how much the validation split promised more than the test split keeps at best."""
        return self.validation - self.optimistic

    @property
    def doubt(self) -> float:
        """What is open on the test split: the optimistic less the pessimistic hypervolume."""
        return self.optimistic - self.pessimistic


def mark_pessimistic(values: np.ndarray, directions: Sequence[str]) -> np.ndarray:
    """Rows that dominate no other row, (k,) ascending: the front of the worst."""
    return mark_front(values, [MINIMISE if each == MAXIMISE else MAXIMISE for each in directions])


def measure_gap(searched: np.ndarray, tested: np.ndarray, directions: Sequence[str], point: Sequence[float]) -> Gap:
    """The hypervolumes of one set of networks.

    Args:
        searched: (networks, objectives) values of the search.
        tested: (networks, objectives) means on the test split.
        directions: of the objectives.
        point: reference point.
    """

    def volume(values: np.ndarray) -> float:
        known = values[np.isfinite(values).all(axis=1)]
        return compute_hypervolume(known, point, directions) if len(known) else math.nan

    known = tested[np.isfinite(tested).all(axis=1)]
    worst = known[mark_pessimistic(known, directions)] if len(known) else known
    return Gap(volume(searched), volume(known), volume(worst))
