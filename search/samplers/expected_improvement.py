"""Expected hypervolume improvement, in closed form: what a pattern is expected to add to the front.

Yang et al. 2019, "Multi-objective Bayesian global optimization using expected hypervolume improvement gradient", for
independent normal objectives; one that is known exactly, as MACs are, has a standard deviation of 0. Everything is
maximised here.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np


def find_boxes(front: np.ndarray, reference: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Boxes that partition what the front leaves undominated above a reference point.

    Args:
        front: (n, m) values, all better than the reference or not; dominated ones change nothing.
        reference: (m,).

    Returns:
        Lower and upper corners, (boxes, m) each; upper ones may be infinite.
    """
    front = front[np.all(front > reference, axis=1)]
    if len(reference) == 1:
        return np.array([[max([reference[0], *front[:, 0]])]]), np.array([[np.inf]])
    edges = [reference[-1], *np.unique(front[:, -1]), np.inf]
    lower, upper = [], []
    for low, high in pairwise(edges):
        # In this slice of the last objective those dominate that reach to its upper end.
        below, above = find_boxes(front[front[:, -1] >= high, :-1], reference[:-1])
        lower.append(np.column_stack([below, np.full(len(below), low)]))
        upper.append(np.column_stack([above, np.full(len(above), high)]))
    return np.concatenate(lower), np.concatenate(upper)


def compute_improvement(mean: np.ndarray, spread: np.ndarray, front: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Expected hypervolume that each candidate adds.

    Args:
        mean: (candidates, m) expected values.
        spread: (candidates, m) standard deviations, 0 where a value is known.
        front: (n, m) values that are there already.
        reference: (m,) the worst values that count.

    Returns:
        (candidates,) in the product of the objectives' units.
    """
    lower, upper = find_boxes(front, reference)
    volumes = np.ones((len(mean), len(lower)))  # expected, of each candidate's part in each box
    for mu, sigma, low, high in zip(mean.T, spread.T, lower.T, upper.T, strict=True):
        levels, where = np.unique(np.concatenate([low, high]), return_inverse=True)  # boxes share their sides
        beyond = _beyond(mu, sigma, levels)
        volumes *= beyond[:, where[: len(low)]] - beyond[:, where[len(low) :]]
    return np.asarray(volumes.sum(1))


def _beyond(mean: np.ndarray, spread: np.ndarray, level: np.ndarray) -> np.ndarray:
    """E[max(0, Y - level)] for normal Y, (candidates, levels); 0 beyond an infinite level."""
    from scipy.special import ndtr  # scipy: 0.3 s of start-up

    reached = np.isfinite(level)
    gap = mean[:, None] - np.where(reached, level, 0.0)
    known = (spread <= 0)[:, None]
    sigma = np.where(known, 1.0, spread[:, None])
    z = gap / sigma
    expected = gap * ndtr(z) + sigma * np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    return np.where(reached, np.where(known, np.maximum(gap, 0.0), expected), 0.0)
