"""Best guesses of trials' true objectives: what single trainings, which are noisy, tell of each other.

The front of single measurements is optimistic: it is made of the trainings that were lucky. A Gaussian process over the
patterns' features, as `sampler=frontier` has it, weighs every measurement against those of similar patterns, with the
noise of a training that it has seen, and with a supernet's estimates where there are some.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from search.jobs.trial import Trial
from search.problem.objectives import MACS, PARAMS, Objective
from spaces.pattern.features import compute_features

FEWEST = 5  # complete trials; fewer tell nothing of a training's noise, and single values stand: our choice
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

    Args:
        trials: any; only complete ones with finite values count.
        objectives: those that a training tells are guessed; costs are known.
    """
    told = [objective for objective in objectives if objective not in (MACS, PARAMS)]
    sound = [
        trial
        for trial in trials
        if trial.complete and all(math.isfinite(trial.objectives.get(each.name, math.nan)) for each in told)
    ]
    if len(sound) < FEWEST or not told:
        return NO_GUESSES
    from search.samplers.surrogate import compute_posterior  # scikit-learn: 1.3 s, reading tables does without

    features = np.array([compute_features(trial.pattern) for trial in sound], dtype=float)
    x = features[:, np.ptp(features, axis=0) > 0]
    if not x.shape[1]:
        return NO_GUESSES
    found: dict[int, dict[str, Guess]] = {trial.number: {} for trial in sound}
    for objective in told:
        values = np.array([trial.objectives[objective.name] for trial in sound])
        deltas = objective.name.endswith("delta_mtl") or objective.name == "worst_delta"
        usual = USUAL_DELTA if deltas else USUAL_SHARE * float(np.abs(values).mean()) or 1.0
        mean, sd = compute_posterior(x, values, x, usual, foretold=_collect_estimates(sound, objective))
        for trial, each, spread in zip(sound, mean.tolist(), sd.tolist(), strict=True):
            found[trial.number][objective.name] = Guess(each, spread)
    return found


def _collect_estimates(trials: Sequence[Trial], objective: Objective) -> tuple[np.ndarray, np.ndarray] | None:
    """A supernet's estimates of the trials, where it has made them of all."""
    values = np.array([trial.estimates.get(objective.name, math.nan) for trial in trials], dtype=float)
    return (values, values) if np.isfinite(values).all() else None
