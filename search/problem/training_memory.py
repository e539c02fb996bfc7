"""How much memory trainings of patterns take: foretold, corrected by what was measured, bounded by what did not fit.

A network's training holds what autograd keeps of a batch, weights, their gradients and the optimiser's two moments. The
rest, of loss, kernels and allocator, is learned: the median of what trainings held over what was foretold of them. Of a
pattern whose training ran out of memory alone it is learned that nothing that is foretold to hold as much fits either.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import median

from spaces.pattern.sharing_pattern import SharingPattern

GB = 1e9  # bytes
COPIES = 4  # of each weight in single precision: itself, its gradient, two moments of Adam
LEAST, MOST = 0.25, 8.0  # that what was measured may be of what was foretold: our choice, beyond it something else held


class TrainingMemory:
    """What is known of it.

    Args:
        foretell: bytes that a pattern's training holds at most.
        limit: gigabytes that a training may hold; None for no limit but those that are learned.
    """

    def __init__(self, foretell: Callable[[SharingPattern], int], limit: float | None) -> None:
        self._foretell, self._limit = foretell, math.inf if limit is None else limit * GB
        self._ratios: dict[str, float] = {}
        self._starved = math.inf

    @property
    def ratio(self) -> float:
        """By which what was foretold is multiplied."""
        return median(self._ratios.values()) if self._ratios else 1.0

    def tell(self, pattern: SharingPattern) -> float:
        """Bytes that a pattern's training takes, as far as is known."""
        return self._foretell(pattern) * self.ratio

    def allows(self, pattern: SharingPattern) -> bool:
        """Whether there is memory to train a pattern."""
        if math.isinf(self._limit) and math.isinf(self._starved):
            return True
        return self._foretell(pattern) < self._starved and self.tell(pattern) <= self._limit

    def learn(self, pattern: SharingPattern, held: int, *, starved: bool) -> None:
        """Learn from a training that has ended.

        Args:
            pattern: that was trained.
            held: bytes at the peak; 0 where that is not known.
            starved: whether memory ran out though nothing was trained beside it.
        """
        if starved:
            self._starved = min(self._starved, self._foretell(pattern))
        elif held:
            ratio = held / max(1, self._foretell(pattern))
            self._ratios[pattern.key] = min(MOST, max(LEAST, ratio))
