"""Which networks scatter more from seed to seed than the others, so that a pooled variance is not theirs.

A network's mean square of the rest (beyond networks and seeds) is compared with that of all others, by F on one side,
as Cochran's test of an outlying variance does (1941). The level is far looser than a test's, for a network that is
missed has an interval that is too narrow, and one that is taken wrongly has its own, which holds: by simulation with 3
to 5 seeds and 6 networks, of which one scatters 5 times as much, 0.2 lets intervals hold in at least 92 % (our choice).
"""

from __future__ import annotations

import math

import numpy as np

LOOSE = 0.2
FEWEST = 3  # networks: of two, each one's rest is the other's
TOO_FEW = 3  # networks up to which nobody is told from the others well enough, so that each has its own interval; ours


def find_scattering(values: np.ndarray) -> np.ndarray:
    """(networks,) whether a network scatters more than the others.

    Args:
        values: (networks, seeds), NaN where a network lacks a seed.
    """
    from scipy.stats import f  # scipy.stats: 0.5 s, for a confirmation alone

    networks, seeds = values.shape
    rows, columns = np.nonzero(np.isfinite(values))
    found = np.zeros(networks, dtype=bool)
    if len(set(rows.tolist())) < FEWEST:
        return found
    place = np.arange(len(rows))
    design = np.zeros((len(rows), networks + seeds))
    design[place, rows] = design[place, networks + columns] = 1.0
    hat, told = design @ np.linalg.pinv(design), values[rows, columns]
    squares, free = (told - hat @ told) ** 2, 1 - np.diag(hat)
    least = 1e-12 * float(np.square(told).mean())  # rounding is no scatter
    for network in range(networks):
        own = rows == network
        df, others = float(free[own].sum()), float(free[~own].sum())
        if df < 0.1 or others < 0.1:  # of one seed, or with nothing to compare with
            continue
        mine, theirs = float(squares[own].sum()) / df, float(squares[~own].sum()) / others
        found[network] = mine > least and f.sf(mine / max(theirs, least), df, others) < LOOSE
    return found


def find_own_variance(row: np.ndarray) -> tuple[float, float]:
    """Variance of the mean of a network's own values, and its degrees of freedom; (0, 0) of fewer than two."""
    own = row[np.isfinite(row)]
    if len(own) < 2:
        return 0.0, 0.0
    return float(own.var(ddof=1)) / len(own), float(len(own) - 1)


def measure_half(variance: float, df: float, level: float) -> float:
    """Half of the interval of a mean, by Student's t; NaN where nothing tells a spread."""
    from scipy.stats import t  # scipy.stats: as above

    return float(t.ppf(0.5 + level / 2, df) * math.sqrt(variance)) if df > 0 else math.nan


def draw_own_means(cells: np.ndarray, means: np.ndarray, count: int) -> np.ndarray:
    """Means of one network as they may truly be by its own values alone, (count, columns), by Student's t.

    Args:
        cells: (seeds, columns), NaN where it lacks a seed; at least two are there.
        means: (columns,) around which they are drawn.
        count: of draws.
    """
    own = cells[np.isfinite(cells).all(axis=1)]
    rng, df = np.random.default_rng(0), len(own) - 1
    root = (own - own.mean(axis=0)).T / math.sqrt(df * len(own))  # (columns, seeds): times its transpose the covariance
    stretch = np.sqrt(df / rng.chisquare(df, count))[:, None]
    return np.asarray(means + stretch * (rng.standard_normal((count, len(own))) @ root.T))
