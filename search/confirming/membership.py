"""How probable it is that a network is on the front, by a bootstrap over seeds, and who is to have the next seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from search.problem.pareto import convert_to_costs

DRAWS = 2000
UNCERTAIN = (0.05, 0.95)  # probabilities between which a place on the front is open: our choice


def estimate_membership(values: np.ndarray, directions: Sequence[str]) -> np.ndarray:
    """Probability of being on the front of true means, of networks that were measured with the same seeds.

    A Bayesian bootstrap (Rubin 1981): a draw weighs the seeds at random, the same way for all networks and objectives,
    so that comparisons stay paired; a network counts by the weights of the seeds that it has. Deviations are stretched
    until means scatter as those of n values do, for n is small here (as Rao and Wu 1988 rescale theirs).

    Args:
        values: (networks, seeds, objectives), NaN where a network lacks a seed.
        directions: of the objectives, "maximise" or "minimise".

    Returns:
        (networks,) shares of draws; NaN for all where one of them has a single seed or none.
    """
    there = np.isfinite(values).all(axis=2)
    counts = there.sum(axis=1)
    if not len(values) or counts.min() < 2:
        return np.full(len(values), np.nan)
    weights = np.random.default_rng(0).exponential(size=(DRAWS, values.shape[1]))
    weights = weights[:, None, :] * there  # (draws, networks, seeds)
    weights /= weights.sum(axis=2, keepdims=True)
    known = np.where(there[..., None], values, 0.0)
    means = known.sum(axis=1) / counts[:, None]
    stretch = np.sqrt((counts + 1) / (counts - 1))[:, None]
    drawn = means + stretch * (np.einsum("dns,nsm->dnm", weights, known) - means)
    return _mark_fronts(drawn, directions).mean(axis=0)


def _mark_fronts(values: np.ndarray, directions: Sequence[str]) -> np.ndarray:
    """(draws, networks) whether no other network of the draw dominates."""
    costs = convert_to_costs(values.reshape(-1, values.shape[2]), directions).reshape(values.shape)
    mine, other = costs[:, :, None], costs[:, None]
    beaten = np.all(other <= mine, axis=3) & np.any(other < mine, axis=3)
    return np.asarray(~beaten.any(axis=2))


def choose_uncertain(probabilities: np.ndarray, most: int) -> list[int]:
    """Rows of the networks that get the next seed: those whose place on the front is open, the most uncertain first.

    A race in blocks: all that are open are trained with the same next seed, so that they are compared in pairs, and the
    others are left as they are (Birattari et al. 2002, F-Race; Zhang et al. 2013, S-Race for several objectives). That
    trainings go where a network may be misplaced is what MOCBA does (Lee et al. 2010); the bounds are our choice.

    Args:
        probabilities: (networks,) of being on the front; NaN where they are not known.
        most: how many may be trained.
    """
    low, high = UNCERTAIN
    open_ones = [row for row, p in enumerate(probabilities) if not np.isfinite(p) or low < p < high]
    distance = [abs(p - 0.5) if np.isfinite(p) else 0.0 for p in probabilities]
    return sorted(open_ones, key=lambda row: (distance[row], row))[:most]
