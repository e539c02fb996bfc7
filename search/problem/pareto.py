"""Non-dominated points and the volume they dominate, exact for any number of objectives.

Pure functions on arrays, of whole sets of points; `search.problem.growing_volume` follows one that grows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from search.problem.objectives import MAXIMISE, MINIMISE


def mark_front(values: np.ndarray, directions: Sequence[str]) -> np.ndarray:
    """Rows that no other row dominates; exact ties all stay.

    Args:
        values: (n, m) objective values.
        directions: m times "maximise" or "minimise".

    Returns:
        (k,) indices of the rows, ascending.

    Raises:
        ValueError: the shapes differ in m, a direction is unknown, or a value is NaN.
    """
    costs = convert_to_costs(values, directions)
    # Sorted by all objectives, a row can only be dominated by an earlier one: the first that is left is never, and what
    # it dominates goes, so that there are as many passes as members. Equal rows do not dominate each other.
    left = np.lexsort(costs.T[::-1])
    members: list[int] = []
    while len(left):
        first, rest = costs[left[0]], costs[left]
        members.append(int(left[0]))
        dominated = (first <= rest).all(axis=1) & (first < rest).any(axis=1)
        dominated[0] = True
        left = left[~dominated]
    return np.array(sorted(members), dtype=int)


def compute_hypervolume(values: np.ndarray, reference: Sequence[float], directions: Sequence[str]) -> float:
    """Volume between a set of points and a reference point: the quality of a front, to be maximised.

    A sweep for two objectives; for more, slices along the last one (Zitzler 1999; While et al. 2006).

    Args:
        values: (n, m) objective values; dominated rows are allowed.
        reference: (m,) the worst value that counts; rows not better in every objective add nothing.
        directions: m times "maximise" or "minimise".

    Returns:
        Dominated volume in the product of the objectives' units; 0 for no points.

    Raises:
        ValueError: the shapes differ in m, a direction is unknown, or a value is NaN or infinite.
    """
    costs = convert_to_costs(values, directions)
    worst = convert_to_costs(np.asarray([reference], dtype=float), directions)[0]
    if not np.isfinite(costs).all() or not np.isfinite(worst).all():
        raise ValueError("hypervolume needs finite values and a finite reference point; leave failed trials out")
    costs = costs[np.all(costs < worst, axis=1)]
    return _volume(costs, worst)


def convert_to_costs(values: np.ndarray, directions: Sequence[str]) -> np.ndarray:
    """The values as costs, (n, m), smaller is better.

    Raises:
        ValueError: as `mark_front`.
    """
    values = np.asarray(values, dtype=float)
    unknown = [direction for direction in directions if direction not in (MAXIMISE, MINIMISE)]
    if unknown:
        raise ValueError(f"directions {unknown}: want '{MAXIMISE}' or '{MINIMISE}'")
    if values.size == 0:
        values = values.reshape(0, len(directions))
    if values.ndim != 2 or values.shape[1] != len(directions):
        raise ValueError(f"values of shape {values.shape} for {len(directions)} directions: want (n, m) and m")
    if np.isnan(values).any():
        raise ValueError("a value is NaN; leave failed trials out")
    return values * np.where(np.array(directions, dtype=object) == MAXIMISE, -1.0, 1.0)


def _volume(costs: np.ndarray, worst: np.ndarray) -> float:
    """Dominated volume of rows that are all better than `worst`, smaller is better."""
    if not len(costs):
        return 0.0
    if costs.shape[1] == 1:
        return float(worst[0] - costs.min())
    if costs.shape[1] == 2:
        return _area(costs, worst)
    # Between two successive values of the last objective, the dominated slice is the same: that of the rows
    # at or below the lower one, in the other objectives.
    costs = costs[np.argsort(costs[:, -1], kind="stable")]
    edges = np.append(costs[:, -1], worst[-1])
    volume = 0.0
    for row in range(len(costs)):
        height = edges[row + 1] - edges[row]
        if height > 0:
            volume += height * _volume(costs[: row + 1, :-1], worst[:-1])
    return float(volume)


def _area(costs: np.ndarray, worst: np.ndarray) -> float:
    """Two objectives: a staircase, walked by the first with the best of the second so far."""
    order = np.lexsort((costs[:, 1], costs[:, 0]))
    first = costs[order, 0]
    best_second = np.minimum.accumulate(costs[order, 1])
    widths = np.diff(np.append(first, worst[0]))
    return float(np.sum(widths * (worst[1] - best_second)))
