"""Attainment surfaces: what half of the seeds reach, and what all of them do.

A seed's front is the front of what all networks show with it; a point is attained by a seed if something on its front
is at least as good (Grunert da Fonseca, Fonseca and Hall 2001). Computed by the package moocore where it is installed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from search.problem.objectives import MAXIMISE
from search.problem.pareto import convert_to_costs

SHARES = (50, 100)  # percent of the seeds


def compute_attainment(values: np.ndarray, directions: Sequence[str]) -> dict[int, np.ndarray]:
    """Corners of the surfaces by percent of the seeds, (k, objectives) each.

    Args:
        values: (networks, seeds, objectives); seeds that a network lacks are left out.
        directions: of the objectives.

    Returns:
        Nothing without moocore, with fewer than two seeds that all networks have, or with more than three objectives.
    """
    if not values.size or not 2 <= len(directions) <= 3:
        return {}
    whole = values[:, np.isfinite(values).all(axis=(0, 2))]
    if whole.shape[1] < 2:
        return {}
    try:
        from moocore import eaf  # moocore: optional
    except ImportError:
        return {}
    costs = convert_to_costs(whole.transpose(1, 0, 2).reshape(-1, len(directions)), directions)
    sets = np.repeat(np.arange(whole.shape[1]), len(whole))
    found = eaf(costs, sets, percentiles=SHARES)
    signs = np.where(np.array(directions, dtype=object) == MAXIMISE, -1.0, 1.0).astype(float)
    return {share: found[found[:, -1] == share][:, :-1] * signs for share in SHARES}
