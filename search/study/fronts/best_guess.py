"""Best guesses of trials' true objectives: what single trainings, which are noisy, tell of each other.

The front of single measurements is optimistic: it is made of the trainings that were lucky. A Gaussian process over the
patterns' features, as `sampler=frontier` has it, weighs every measurement against those of similar patterns, with the
noise of a training that it has seen, and with a supernet's estimates where there are some.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np

from search.jobs.trial import Trial
from search.problem.feature_space import locate
from search.problem.objectives import BEFOREHAND, Objective

FEWEST = 5  # complete trials; fewer tell nothing of a training's noise, and single values stand: our choice
CONDITIONED = 2000  # trials that guesses rest on at most, for time grows with their cube: our choice
USUAL_DELTA, USUAL_SHARE = 3.0, 0.03  # spread between patterns, of deltas in points and of a metric: our choice


@dataclass(frozen=True)
class Guess:
    """What an objective's mean over many trainings is taken to be.

    Args:
        value: expected.
        sd: standard deviation of that.
    """

    value: float
    sd: float


Guesses = Mapping[int, Mapping[str, Guess]]
"""By number of trial and name of objective."""
NO_GUESSES: Guesses = MappingProxyType({})


def guess_objectives(trials: Sequence[Trial], objectives: Sequence[Objective]) -> Guesses:
    """Best guesses of the complete trials; nothing where there are too few, or patterns that nothing tells apart.

    Of more trials than `CONDITIONED` they rest on as many, evenly over the search whatever these measured, so that no
    guess is drawn to the lucky ones.

    Args:
        trials: any; only complete ones with finite values count.
        objectives: those that a training tells are guessed; costs are known.
    """
    told = [objective for objective in objectives if objective not in BEFOREHAND]
    sound = [
        trial
        for trial in trials
        if trial.complete and all(math.isfinite(trial.objectives.get(each.name, math.nan)) for each in told)
    ]
    if len(sound) < FEWEST or not told:
        return NO_GUESSES
    sound = sorted(sound, key=lambda trial: trial.number)
    names = tuple(objective.name for objective in told)
    rows = tuple((trial.pattern, *_read(trial.objectives, names), *_read(trial.estimates, names)) for trial in sound)
    found = _guess_rows(rows, names)
    return {trial.number: guesses for trial, guesses in zip(sound, found, strict=True)} if found else NO_GUESSES


@lru_cache(maxsize=4)  # tables, weights and page ask for the same after every trial
def _guess_rows(rows: tuple[tuple[Any, ...], ...], names: tuple[str, ...]) -> list[dict[str, Guess]]:
    """Guesses of rows of a pattern, its values and its estimates; nothing where no feature tells them apart."""
    from search.samplers.surrogate import compute_posterior  # scikit-learn: 1.3 s, reading tables does without

    features = np.array([locate(row[0]) for row in rows], dtype=float)
    x = features[:, np.ptp(features, axis=0) > 0]
    if not x.shape[1]:
        return []
    numbers = np.array([row[1:] for row in rows], dtype=float)
    seen = np.linspace(0, len(rows) - 1, min(CONDITIONED, len(rows))).round().astype(int)
    found: list[dict[str, Guess]] = [{} for _ in rows]
    for column, name in enumerate(names):
        values, estimates = numbers[:, column], numbers[:, len(names) + column]
        deltas = name.endswith("delta_mtl") or name == "worst_delta"
        usual = USUAL_DELTA if deltas else USUAL_SHARE * float(np.abs(values).mean()) or 1.0
        foretold = (estimates[seen], estimates) if np.isfinite(estimates).all() else None
        mean, sd = compute_posterior(x[seen], values[seen], x, usual, foretold=foretold)
        for each, value, spread in zip(found, mean.tolist(), sd.tolist(), strict=True):
            each[name] = Guess(value, spread)
    return found


def _read(values: Mapping[str, float], names: Sequence[str]) -> list[float]:
    return [float(values.get(name, math.nan)) for name in names]
