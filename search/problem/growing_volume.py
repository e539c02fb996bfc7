"""Hypervolume of a front that grows point by point: each point adds what it alone dominates.

For the progress of a search and for the history in its report. `search.problem.pareto.compute_hypervolume` gives the
same volume of a whole front at once.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from search.problem.pareto import convert_to_costs


class GrowingVolume:
    """Dominated volume of the points so far, exact for any number of objectives.

    Args:
        reference: (m,) the worst value that counts; points not better in every objective add nothing.
        directions: m times "maximise" or "minimise".

    Raises:
        ValueError: the two differ in m, a direction is unknown, or the reference point is not finite.
    """

    def __init__(self, reference: Sequence[float], directions: Sequence[str]) -> None:
        worst = convert_to_costs(np.asarray([reference], dtype=float), directions)[0]
        if not np.isfinite(worst).all():
            raise ValueError("hypervolume needs a finite reference point")
        self._directions = tuple(directions)
        self._volume = _start(worst.tolist())

    def add(self, values: Sequence[float]) -> float:
        """The volume with one more point, of m values; one with a value that is not finite (a failed trial) is none."""
        if all(map(math.isfinite, values)):
            cost = convert_to_costs(np.asarray([values], dtype=float), self._directions)[0]
            self._volume.add(cost.tolist())
        return self._volume.total


def compute_history(values: np.ndarray, reference: Sequence[float], directions: Sequence[str]) -> np.ndarray:
    """Hypervolume of the first 1, 2, ..., n rows.

    Args:
        values: (n, m) objective values in the order in which they came; a row with NaN (a failed trial) adds
            nothing.
        reference: as in `GrowingVolume`.
        directions: as in `GrowingVolume`.

    Returns:
        (n,) volumes, never falling.
    """
    volume = GrowingVolume(reference, directions)
    rows = np.asarray(values, dtype=float).reshape(-1, len(directions)).tolist()
    return np.array([volume.add(row) for row in rows], dtype=float)


class _Volume(Protocol):
    """What points dominate, of costs: smaller is better."""

    total: float

    def add(self, cost: Sequence[float]) -> None:
        """Take one more point."""


def _start(worst: Sequence[float]) -> _Volume:
    """Nothing dominated yet, below a worst point of m costs."""
    kinds: dict[int, type[_Length | _Area]] = {1: _Length, 2: _Area}
    return kinds.get(len(worst), _Slices)(worst)


class _Length:
    """One objective: from the best point to the worst that counts."""

    def __init__(self, worst: Sequence[float]) -> None:
        self.total = 0.0
        self._worst = worst[0]

    def add(self, cost: Sequence[float]) -> None:
        self.total = max(self.total, self._worst - cost[0])


class _Area:
    """Two objectives: a staircase in order of the first, along which the second falls.

    A point's place is found by bisection, and the steps it dominates leave: O(log n) a point, but for moves in memory.
    """

    def __init__(self, worst: Sequence[float]) -> None:
        self.total = 0.0
        self._right, self._top = worst
        self._first: list[float] = []
        self._second: list[float] = []

    def add(self, cost: Sequence[float]) -> None:
        left, low = cost
        place = end = bisect_left(self._first, left)
        ceiling = self._second[place - 1] if place else self._top
        if left >= self._right or low >= ceiling:
            return
        while end < len(self._first) and self._second[end] >= low:  # a step that the point dominates
            self.total += (self._first[end] - left) * (ceiling - low)
            left, ceiling = self._first[end], self._second[end]
            end += 1
        edge = self._first[end] if end < len(self._first) else self._right
        self.total += (edge - left) * (ceiling - low)
        self._first[place:end], self._second[place:end] = [cost[0]], [low]


class _Slices:
    """Three objectives or more: a point adds its box less what the others dominate of it.

    That is the volume of the others moved into the box (While et al. 2012), found in slices along the last objective:
    in the order of that, the slice's area, or volume, grows point by point too.
    """

    def __init__(self, worst: Sequence[float]) -> None:
        self.total = 0.0
        self._worst = np.array(worst)
        self._front = np.empty((0, len(worst)))

    def add(self, cost: Sequence[float]) -> None:
        point = np.array(cost)
        if (point >= self._worst).any() or (self._front <= point).all(axis=1).any():
            return
        others = _sum_slices(np.maximum(self._front, point), self._worst)
        self.total += max(0.0, float(np.prod(self._worst - point)) - others)  # their difference is rounded
        self._front = np.vstack([self._front[(self._front < point).any(axis=1)], point])


def _sum_slices(costs: np.ndarray, worst: np.ndarray) -> float:
    """Volume that (n, m) costs dominate, all of them better than the worst."""
    rows = costs[np.argsort(costs[:, -1], kind="stable")].tolist()
    edges = [*(row[-1] for row in rows), float(worst[-1])][1:]
    slice_below = _start(worst[:-1].tolist())
    volume = 0.0
    for row, edge in zip(rows, edges, strict=True):
        slice_below.add(row[:-1])
        volume += (edge - row[-1]) * slice_below.total
    return volume
