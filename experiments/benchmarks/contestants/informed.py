"""What a sampler could do that knows the family its problem is drawn from: a floor for all that have to learn it.

Its Gaussian process has the mean and the covariance of 3,000 other problems of the arena's kind, and their noise; the
acquisition is that of `sampler=frontier`. Only where that many problems can be held against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from experiments.benchmarks.arenas import TREES, Arena, arena
from search.samplers.expected_improvement import compute_improvement

OTHERS = range(20_000, 23_000)  # seeds that nothing is measured on


def train_informed(place: Arena, name: str, seed: int, budget: int) -> Iterator[tuple[str, int, bool]]:
    """Legs of whole trainings, landmarks first: key, epochs, that it is complete."""
    mean, covariance = _sample_family(name)
    rng, macs = np.random.default_rng(seed), place.truth[:, 1]
    order = [place.row(anchor.pattern.key) for anchor in place.problem.space.anchors(place.problem.tasks).values()]
    observed: list[float] = []
    worst = np.array([place.worst[0], -place.worst[1]])
    for turn in range(budget):
        if turn >= len(order):
            known = covariance[np.ix_(order, order)] + TREES[name].noise ** 2 * np.eye(turn)
            weights = np.linalg.solve(known, covariance[order]).T
            expected = mean + weights @ (np.array(observed) - mean[order])
            spread = np.sqrt(np.maximum(np.diag(covariance) - (weights * covariance[:, order]).sum(1), 1e-12))
            values = np.column_stack([expected, -macs])
            gains = compute_improvement(values, np.column_stack([spread, np.zeros(len(macs))]), values[order], worst)
            gains[order] = -1.0
            order.append(int(gains.argmax()))
        curve = place.trained(order[turn], rng)
        observed.append(float(curve[-1]))
        yield place.keys[order[turn]], len(curve), True


@cache
def _sample_family(name: str) -> tuple[np.ndarray, np.ndarray]:
    deltas = np.array([arena(name, seed).truth[:, 0] for seed in OTHERS])
    return deltas.mean(0), np.cov(deltas.T)
