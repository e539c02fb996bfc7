"""Hypervolume in two slow ways: by counting unit cells, and by throwing points at random."""

from __future__ import annotations

from itertools import product

import numpy as np


def by_cells(costs: np.ndarray, reference: np.ndarray) -> int:
    """Cells of the unit grid that some row of (n, m) whole-numbered costs dominates, smaller is better."""
    lowest = min([0, *costs.min(axis=0)]) if len(costs) else 0
    cells = product(*(range(int(lowest), int(edge)) for edge in reference))
    return sum(any(all(row <= cell) for row in costs) for cell in map(np.array, cells))


def by_chance(costs: np.ndarray, reference: np.ndarray, rng: np.random.Generator, throws: int) -> float:
    """Share of random points, uniform in [0, reference), that are dominated, times the volume of that box."""
    points = rng.uniform(0, reference, (throws, len(reference)))
    hit = np.zeros(throws, dtype=bool)
    for row in costs:
        hit |= np.all(row <= points, axis=1)
    return float(hit.mean() * np.prod(reference))
