"""Other ways to train a supernet than `spaces.draws` plans, as contestants of `experiments.benchmarks.delivered`.

Each is the plain supernet with other paths a step. Several paths share one pass through the encoder: the batch is
repeated, once a path, so that the loop and its losses stay as they are. A step of several paths is charged by its
multiply-accumulates (`Way.charge`), so that all ways cost the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from spaces.pattern.sharing_pattern import SharingPattern, separate_decoders
from spaces.pattern.walk import list_blocks

LATE = 0.5  # share of the steps after which what is done late is done: our choice

Price = Callable[[SharingPattern], float]
"""Multiply-accumulates of a pattern."""
Choose = Callable[[Sequence[SharingPattern], Price, bool], Sequence[SharingPattern]]
"""Paths of a step, of patterns drawn for it; the last argument is whether it is late."""


@dataclass(frozen=True)
class Way:
    """What is changed about a supernet's training.

    Args:
        drawn: patterns that are drawn for a step.
        paths: of a step.
        choose: these, of those.
        freezes: whether the encoder learns no more late.
        distils: whether every path but the first is also drawn towards the outputs of the first.
    """

    drawn: int
    paths: int
    choose: Choose
    freezes: bool = False
    distils: bool = False

    def charge(self, encoder: float, mean: float) -> float:
        """What a step costs, in steps of one path of a mean pattern; blocks that paths have in common count twice."""
        return (encoder + self.paths * (mean - encoder)) / mean


def _take_all(drawn: Sequence[SharingPattern], price: Price, late: bool) -> Sequence[SharingPattern]:
    return drawn


def _take_cheap_late(drawn: Sequence[SharingPattern], price: Price, late: bool) -> Sequence[SharingPattern]:
    return [min(drawn, key=price) if late else drawn[0]]


def _add_costliest(drawn: Sequence[SharingPattern], price: Price, late: bool) -> Sequence[SharingPattern]:
    first = drawn[0]
    return [separate_decoders(first.tasks, len(first.encoder), len(first.decoder)), *drawn]


def _cover(drawn: Sequence[SharingPattern], price: Price, late: bool) -> Sequence[SharingPattern]:
    """Five of those drawn that hold, greedily, most blocks: all partitions of all stages, of three tasks."""
    chosen, seen = [], frozenset[str]()
    for _ in range(5):
        best = max(drawn, key=lambda each: len(_name_blocks(each) - seen))
        chosen.append(best)
        seen |= _name_blocks(best)
    return chosen


@lru_cache(maxsize=100_000)
def _name_blocks(pattern: SharingPattern) -> frozenset[str]:
    return frozenset(block.name for block in list_blocks(pattern))


WAYS: Mapping[str, Way] = {
    "pairs": Way(2, 2, _take_all),
    "cheap": Way(2, 1, _take_cheap_late),
    "frozen": Way(1, 1, _take_all, freezes=True),
    "sandwich": Way(1, 2, _add_costliest),
    "distilled": Way(1, 2, _add_costliest, distils=True),
    "covering": Way(40, 5, _cover),
}
