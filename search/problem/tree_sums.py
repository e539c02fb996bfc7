"""Fronts of sums over trees of groups, by dynamic programming: what is best below a block depends on its chain alone.

The fronts of the parts of a group are added up (Minkowski sums) and pruned to the front, from the last stage to the
first. Groups are bit masks of tasks here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

Masks = tuple[int, ...]
"""A chain: a group a stage, from the first on, each within the one before it."""


@dataclass(frozen=True, eq=False)
class Sums:
    """A front, worth against costs.

    Args:
        costs: (n, k), smaller is better.
        worth: (n,), greater is better.
        places: (n,) which of the sums that were pruned each is.
    """

    costs: np.ndarray
    worth: np.ndarray
    places: np.ndarray


@dataclass(frozen=True, eq=False)
class TreeSums:
    """All trees of some stages whose chains are known.

    Args:
        leaves: worth by chain that reaches the last stage.
        prices: (stages, k) costs of a block of each stage, none below 0.
        room: (k,) what the blocks of a tree may cost together.
        least: whether a tree is worth its least leaf, not their sum.
    """

    leaves: Mapping[Masks, float]
    prices: np.ndarray
    room: np.ndarray
    least: bool = False
    _next: dict[Masks, dict[int, set[int]]] = field(default_factory=dict)  # by chain and first task, the next groups
    _known: dict[tuple[Masks, int], Sums] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for chain in self.leaves:
            for stage, group in enumerate(chain):
                self._next.setdefault(chain[:stage], {}).setdefault(group & -group, set()).add(group)

    def part(self, chain: Masks, left: int) -> Sums:
        """The front of all ways to go on from a chain with these tasks, blocks from the next stage on counted."""
        if (chain, left) not in self._known:
            costs, worth = [np.empty((0, self.prices.shape[1]), dtype=np.int64)], [np.empty(0)]
            for group, rest in self._divide(chain, left):
                one, others = self._go_on((*chain, group)), self.part(chain, rest)
                costs.append((one.costs[:, None] + others.costs[None]).reshape(-1, self.prices.shape[1]))
                join = np.minimum if self.least else np.add
                worth.append(join(one.worth[:, None], others.worth[None]).ravel())
            self._known[chain, left] = self._prune(np.concatenate(costs), np.concatenate(worth)) if left else self._none
        return self._known[chain, left]

    def trace(self, chain: Masks, left: int, row: int) -> Iterator[tuple[int, int]]:
        """The tree of a row of `part`, as stages, from 0, and their groups."""
        place = int(self.part(chain, left).places[row])
        for group, rest in self._divide(chain, left):
            count = len(self.part(chain, rest).worth)
            here = len(self._go_on((*chain, group)).worth) * count
            if place < here:
                yield len(chain), group
                if len(chain) + 1 < len(self.prices):
                    yield from self.trace((*chain, group), group, place // count)
                yield from self.trace(chain, rest, place % count)
                return
            place -= here

    @property
    def _none(self) -> Sums:
        """No tasks: nothing to pay, and neutral."""
        return self._make_point(np.zeros(self.prices.shape[1], dtype=np.int64), np.inf if self.least else 0.0)

    def _divide(self, chain: Masks, left: int) -> Iterator[tuple[int, int]]:
        """Known groups with the first of the tasks that are left, each with the others."""
        for group in sorted(self._next.get(chain, {}).get(left & -left, ())):
            if group & left == group:
                yield group, left ^ group

    def _go_on(self, chain: Masks) -> Sums:
        """The front of a chain's last group, its block counted."""
        price = self.prices[len(chain) - 1]
        if len(chain) == len(self.prices):
            return self._make_point(price, self.leaves[chain])
        below = self.part(chain, chain[-1])
        return Sums(below.costs + price, below.worth, below.places)

    def _make_point(self, costs: np.ndarray, worth: float) -> Sums:
        return Sums(costs[None], np.array([worth]), np.zeros(1, dtype=int))

    def _prune(self, costs: np.ndarray, worth: np.ndarray) -> Sums:
        """Those within the room that no other is at least as good as, cheapest first; of equal ones the first."""
        places = np.flatnonzero((costs <= self.room).all(axis=1))
        costs, worth = costs[places], worth[places]
        order = np.lexsort((-worth, *costs.T[::-1]))
        costs, worth, places = costs[order], worth[order], places[order]
        if costs.shape[1] == 1:
            kept = worth > np.concatenate([[-np.inf], np.maximum.accumulate(worth)[:-1]])
        else:
            first = np.concatenate([[True], (costs[1:] != costs[:-1]).any(axis=1)])[: len(costs)]
            costs, worth, places = costs[first], worth[first], places[first]
            better = (costs[None] <= costs[:, None]).all(axis=2) & (worth[None] >= worth[:, None])
            kept = better.sum(axis=1) == 1  # itself
        return Sums(costs[kept], worth[kept], places[kept])
