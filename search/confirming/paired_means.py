"""Means of networks that share seeds, as if each had all of them, and how they scatter together.

Values are a network's mean plus an effect of the seed plus a rest; both are fitted by least squares, so that a network
that lacks a seed is not better or worse for it (a two-way layout with gaps; Searle 1987, ch. 4). With equal seeds these
are the plain means. Networks that share no seed, nor any through others, have nothing to be made up by: there each has
the seeds of those it is connected with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class PairedMeans:
    """The fit of a table.

    Args:
        means: (networks, columns), NaN of a network without a seed.
        scatter: (networks, cells) a root of their covariance, in variances of the rest; seeds taken as given.
        rest: (columns, columns) a root of the covariance of the rest.
        df: degrees of freedom of that; 0 where nothing tells it.
        seeds: (networks,) over how many each mean is.
    """

    means: np.ndarray
    scatter: np.ndarray
    rest: np.ndarray
    df: int
    seeds: np.ndarray

    def draw(self, count: int) -> np.ndarray:
        """Means as they may truly be, by Student's t of several variables; (count, networks, columns)."""
        rng = np.random.default_rng(0)
        stretch = np.sqrt(self.df / rng.chisquare(self.df, count))[:, None, None]
        noise = rng.standard_normal((count, self.scatter.shape[1], len(self.rest)))
        return np.asarray(self.means + stretch * (self.scatter @ noise @ self.rest.T))


def fit_paired(values: np.ndarray) -> PairedMeans:
    """Fit networks and seeds.

    Args:
        values: (networks, seeds, columns), NaN where a network lacks a seed.
    """
    networks, seeds, columns = values.shape
    there = np.isfinite(values).all(axis=2)
    rows, places = np.nonzero(there)
    told, count = values[rows, places], len(rows)
    design = np.zeros((count, networks + seeds))
    design[np.arange(count), rows] = design[np.arange(count), networks + places] = 1.0
    inverse = np.linalg.pinv(design)
    used = _connect(there)
    met = used.sum(axis=1)
    level = np.concatenate([np.eye(networks), used / np.maximum(1, met)[:, None]], axis=1)
    means, df = level @ inverse @ told, count - int(np.linalg.matrix_rank(design)) if count else 0
    left = told - design @ (inverse @ told)
    fixed = _find_fixed(values)  # exact, where rounding would tell equal costs apart
    means[:, fixed], left[:, fixed] = np.nanmax(values, axis=1, initial=-np.inf)[:, fixed], 0.0
    means[~there.any(axis=1)] = np.nan
    spread = left.T @ left / df if df else np.zeros((columns, columns))
    return PairedMeans(means, level @ inverse, _root(spread), df, met)


def _connect(there: np.ndarray) -> np.ndarray:
    """(networks, seeds) whether a seed is one of the network's, or of one that is connected with it by shared seeds."""
    used = there
    while True:
        further = ((used.astype(int) @ used.T.astype(int)) @ there) > 0
        if (further == used).all():
            return np.asarray(used)
        used = further


def _find_fixed(values: np.ndarray) -> np.ndarray:
    """(columns,) whether every network has one value for all its seeds."""
    low, high = (each(values, axis=1, initial=start) for each, start in ((np.nanmin, np.inf), (np.nanmax, -np.inf)))
    return np.asarray((high <= low).all(axis=0))


def _root(covariance: np.ndarray) -> np.ndarray:
    sizes, axes = np.linalg.eigh(covariance)
    return np.asarray(axes * np.sqrt(np.clip(sizes, 0.0, None)))
