"""Means of networks over seeds, how well they are known, and which of them are told apart.

Networks share seeds, and what a seed does to all of them alike, through the order of images or the single-task networks
that deltas refer to, does not average out over networks. So a value is taken as the network's mean, plus an effect of
the seed, plus a rest (a randomised block design; Fisher 1935, Montgomery 2017, ch. 4): the rest tells networks apart,
both together give the interval of a mean. Variances are pooled over the networks, for three seeds tell little of each
one's own. A network that seems to scatter more than the others (`search.confirming.own_scatter`) has the wider of that
interval and its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search.confirming.own_scatter import TOO_FEW, find_own_variance, find_scattering, measure_half
from search.confirming.paired_means import fit_paired

LEVEL = 0.95


@dataclass(frozen=True)
class Spread:
    """What values of networks scatter by, as mean squares.

    Args:
        rest: of what neither network nor seed explains.
        rest_df: its degrees of freedom.
        seeds: of the seeds, beyond what networks explain.
        seeds_df: its degrees of freedom.
        share: networks that a seed was given to, on average: how often an effect of the seed counts in ``seeds``.
    """

    rest: float
    rest_df: int
    seeds: float
    seeds_df: int
    share: float

    def find_variance(self, seeds: int, scatter: float) -> tuple[float, float]:
        """Variance of a mean, and its degrees of freedom (Satterthwaite 1946).

        The effect of a seed has the variance (``seeds`` - ``rest``) / ``share``, and is averaged over all seeds alike.

        Args:
            seeds: over how many the mean is.
            scatter: its variance in variances of the rest, seeds taken as given; 1 / ``seeds`` where it has all.
        """
        once = 1 / (self.share * max(1, seeds))
        if not self.rest_df:  # the rest is a part of what seeds scatter by, so no more than that
            once = scatter
        parts = (once * self.seeds, self.seeds_df), ((scatter - once) * self.rest, self.rest_df)
        known = [(part, df) for part, df in parts if df]
        total, weight = sum(part for part, _ in known), sum(part**2 / df for part, df in known)
        return (total, total**2 / weight) if weight else (total, float(max((df for _, df in known), default=0)))


def estimate_spread(values: np.ndarray) -> Spread:
    """Mean squares of a table that may have gaps: seeds are fitted beside networks (Henderson's method 3, 1953).

    Args:
        values: (networks, seeds), NaN where a network lacks a seed.
    """
    there = np.isfinite(values)
    values, there = values[there.any(axis=1)], there[there.any(axis=1)]
    networks, count = len(values), int(there.sum())
    rows, columns = np.nonzero(there)
    told, place = values[rows, columns], np.arange(count)
    design = np.zeros((count, networks + values.shape[1]))
    design[place, rows] = design[place, networks + columns] = 1.0
    alone, (left, rank) = _fit(design[:, :networks], told)[0], _fit(design, told)
    rest_df, seeds_df = count - rank, rank - networks
    rest, seeds = (left / rest_df if rest_df else 0.0), (max(0.0, alone - left) / seeds_df if seeds_df else 0.0)
    return Spread(rest, rest_df, seeds, seeds_df, max(1.0, (count - networks) / seeds_df) if seeds_df else 1.0)


def _fit(design: np.ndarray, told: np.ndarray) -> tuple[float, int]:
    """Sum of squares that a linear model leaves, and its rank."""
    if not len(told):
        return 0.0, 0
    fitted, _, rank, _ = np.linalg.lstsq(design, told, rcond=None)
    return float(((told - design @ fitted) ** 2).sum()), int(rank)


@dataclass(frozen=True)
class Interval:
    """A network's mean.

    Args:
        mean: over all seeds, those that it lacks made up for by what they do to the others.
        sd: standard deviation of its own values; NaN of one.
        low: lower end of the 95 % interval of the mean; NaN where nothing tells a spread.
        high: its upper end.
        seeds: how many.
    """

    mean: float
    sd: float
    low: float
    high: float
    seeds: int


def find_intervals(values: np.ndarray, paired: np.ndarray | None = None) -> list[Interval]:
    """Means with 95 % intervals, by Student's t: of the pooled variance, or of a network's own where that is wider.

    Own variances count for networks that scatter more than the others, and for all where they are few: by simulation
    with three seeds, of two or three networks of which one scatters five times as much its interval held in 85 to 87 %
    by pooled variances, in 95 % so.

    Args:
        values: (networks, seeds), NaN where a network lacks a seed.
        paired: the same with what else a seed changes, such as the single-task networks that deltas refer to; None
            where nothing else does. Its spread makes the intervals.
    """
    whole = values if paired is None else paired
    spread, fit, scattering = estimate_spread(whole), fit_paired(values[..., None]), find_scattering(whole)
    few = int(np.isfinite(values).any(axis=1).sum()) <= TOO_FEW
    found = []
    for place, row in enumerate(values):
        own = row[np.isfinite(row)]
        mean, seeds = float(fit.means[place, 0]), int(fit.seeds[place])
        variance, df = spread.find_variance(seeds, float((fit.scatter[place] ** 2).sum()))
        sd = float(own.std(ddof=1)) if len(own) > 1 else math.nan
        half = measure_half(variance, df, LEVEL) if len(own) else math.nan
        if few or scattering[place]:
            half = float(np.fmax(half, measure_half(*find_own_variance(whole[place]), LEVEL)))
        found.append(Interval(mean, sd, mean - half, mean + half, len(own)))
    return found


@dataclass(frozen=True)
class Difference:
    """A network beside another one.

    Args:
        rows: of the two.
        mean: of the second less the first, over the seeds that both have.
        error: its standard error; NaN where nothing tells a spread.
        p: of Student's t, adjusted for the number of comparisons; 1 where nothing tells a spread.
    """

    rows: tuple[int, int]
    mean: float
    error: float
    p: float

    @property
    def told_apart(self) -> bool:
        """Whether the two differ, with an error of the first kind in no comparison at all in 95 % of runs."""
        return self.p < 1 - LEVEL


def compare(values: np.ndarray, pairs: Sequence[tuple[int, int]]) -> list[Difference]:
    """Paired differences, tested on the pooled rest, with p-values by Holm (1979).

    Where one of the two scatters more than the others, the differences' own spread counts too: the larger p-value.

    Args:
        values: (networks, seeds), NaN where a network lacks a seed.
        pairs: rows of networks.
    """
    from scipy.stats import t  # scipy.stats: 0.5 s, for a confirmation alone

    spread, scattering = estimate_spread(values), find_scattering(values)
    found: list[tuple[tuple[int, int], float, float, float]] = []
    for one, other in pairs:
        gaps = values[other] - values[one]
        gaps = gaps[np.isfinite(gaps)]
        mean = float(gaps.mean()) if len(gaps) else math.nan
        error = math.sqrt(2 * spread.rest / len(gaps)) if len(gaps) and spread.rest_df else math.nan
        known = math.isfinite(error) and math.isfinite(mean)
        if known and error == 0.0:  # equal in every seed, or apart by the same in every one
            p = float(mean == 0.0)
        else:
            p = float(2 * t.sf(abs(mean) / error, spread.rest_df)) if known else 1.0
        if scattering[one] or scattering[other]:
            own, df = find_own_variance(gaps)
            error = float(np.fmax(error, math.sqrt(own)))
            p = max(p, float(2 * t.sf(abs(mean) / math.sqrt(own), df)) if own else p)
        found.append(((one, other), mean, error, p))
    adjusted = adjust([p for *_, p in found])
    return [Difference(rows, mean, error, p) for (rows, mean, error, _), p in zip(found, adjusted, strict=True)]


def adjust(p: Sequence[float]) -> list[float]:
    """p-values that keep the probability of any false rejection (Holm 1979), in the order given.

    >>> adjust([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p)), key=lambda place: p[place])
    adjusted, least = [0.0] * len(p), 0.0
    for turn, place in enumerate(order):
        least = max(least, min(1.0, (len(p) - turn) * p[place]))
        adjusted[place] = least
    return adjusted
