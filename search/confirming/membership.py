"""How probable it is that a network is on the front, by draws of its true means, and who is to have the next seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from search.confirming.own_scatter import draw_own_means, find_scattering
from search.confirming.paired_means import fit_paired
from search.confirming.request import MOST
from search.problem.pareto import convert_to_costs

DRAWS = 2000
UNCERTAIN = (0.05, 0.95)  # probabilities between which a place on the front is open: our choice


def estimate_membership(values: np.ndarray, directions: Sequence[str]) -> np.ndarray:
    """Probability of being on the front of true means.

    Args:
        values: (networks, seeds, objectives), NaN where a network lacks a seed.
        directions: of the objectives, "maximise" or "minimise".

    Returns:
        (networks,) shares of draws; NaN for all where nothing tells a spread, and of a network without a seed.
    """
    if len(values) == 1:
        return np.where(np.isfinite(values).all(axis=2).any(axis=1), 1.0, np.nan)
    beaten, known = _draw_beaten(values, directions), np.isfinite(values).all(axis=2).any(axis=1)
    if not len(beaten):
        return np.full(len(values), np.nan)
    return np.where(known, 1.0 - beaten.any(axis=2).mean(axis=0), np.nan)


def estimate_dominance(values: np.ndarray, directions: Sequence[str]) -> np.ndarray:
    """(networks, networks) share of draws in which the second dominates the first; see `estimate_membership`."""
    beaten = _draw_beaten(values, directions)
    return np.asarray(beaten.mean(axis=0)) if len(beaten) else np.zeros((len(values), len(values)))


def _draw_beaten(values: np.ndarray, directions: Sequence[str]) -> np.ndarray:
    """(draws, networks, networks) whether the second dominates the first; no draws where nothing tells a spread.

    True means given the measured ones: Student's t of several variables around paired means, the rest pooled over
    networks (Bayes with a flat prior; that objectives share the stretch is our choice). A network that scatters more
    than the others in any objective is drawn by its own values.
    """
    fit = fit_paired(values)
    if len(values) < 2 or not fit.df:
        return np.empty((0, len(values), len(values)), dtype=bool)
    drawn = fit.draw(DRAWS)
    for place in np.flatnonzero(np.any([find_scattering(column) for column in np.moveaxis(values, 2, 0)], axis=0)):
        drawn[:, place] = draw_own_means(values[place], fit.means[place], DRAWS)
    costs = convert_to_costs(drawn.reshape(-1, drawn.shape[2]), directions).reshape(drawn.shape)
    mine, other = costs[:, :, None], costs[:, None]
    return np.asarray(np.all(other <= mine, axis=3) & np.any(other < mine, axis=3))


def choose_uncertain(probabilities: np.ndarray, dominance: np.ndarray, counts: Sequence[int], most: int) -> list[int]:
    """Rows of the networks that get the next seed: those whose place on the front is open, and what may dominate them.

    A race in blocks: all of these are trained with the same seeds, so that they are compared in pairs, those that have
    fewer first, and the others are left as they are (Birattari et al. 2002, F-Race; Zhang et al. 2013, S-Race for
    several objectives). That trainings go where a network may be misplaced is what MOCBA does (Lee et al. 2010); the
    bounds are our choice.

    Args:
        probabilities: (networks,) of being on the front; NaN where they are not known.
        dominance: as `estimate_dominance` has it.
        counts: seeds that each has.
        most: how many may be trained.

    Returns:
        None where one network alone would have the seed: it is compared with nothing, so the rest of a budget stays.
    """
    low, high = UNCERTAIN
    left = [row for row, p in enumerate(probabilities) if counts[row] < MOST and (not np.isfinite(p) or low < p < high)]
    distance = [abs(p - 0.5) if np.isfinite(p) else 0.0 for p in probabilities]
    block: list[int] = []
    for row in sorted(left, key=lambda row: (distance[row], row)):
        new = [each for each in (row, *_list_rivals(dominance[row])) if each not in block]
        if block and len(block) + len(new) > most:
            break
        block += new
    fewest = min((counts[row] for row in block), default=0)
    chosen = [row for row in block if counts[row] == fewest][:most]
    return [] if len(chosen) == 1 and fewest == max(counts) else chosen  # a seed of one alone has nothing beside it


def _list_rivals(dominance: np.ndarray) -> list[int]:
    """What may dominate a network, the likeliest first: all that are above the lower bound, one where none is.

    Args:
        dominance: (networks,) shares of draws.
    """
    order = [int(each) for each in np.argsort(-dominance, kind="stable") if dominance[each] > 0]
    return [each for each in order if dominance[each] > UNCERTAIN[0]] or order[:1]
