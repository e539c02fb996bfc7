"""Which trials keep their file of weights: those that are on a front, or may come to it as best guesses change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from search.jobs.trial import Trial
from search.problem.objectives import MAXIMISE, Objective
from search.problem.pareto import convert_to_costs
from search.study.fronts.best_guess import Guesses, guess_objectives
from search.study.fronts.front import find_front, guess_values
from spaces.common.time_share import TimeShare

DOUBT = 2.0  # standard deviations: our choice
FREE = 0.5  # seconds that looks through the weights may take in all, before they are counted: our choice
SHARE = 0.01  # of the time that they may take beyond; a model of a thousand trials takes a second: our choice


class KeptWeights:
    """The weights of a search's trials, looked through as often as is cheap: where trainings are long, after each.

    Args:
        folder: of the trials' files, ``0007.pt`` that of trial 7.
        objectives: that the front is of.
    """

    def __init__(self, folder: Path, objectives: Sequence[Objective]) -> None:
        self._folder, self._objectives = folder, objectives
        self._time = TimeShare(FREE, SHARE)

    def look(self, trials: Collection[Trial], *, last: bool = False) -> None:
        """Remove weights of trials that are on no front and will be on none, unless that has had its share of time.

        Args:
            trials: all that have ended.
            last: whether it is done whatever it takes.
        """
        if last or self._time.left:
            with self._time.spend():
                drop_dominated_weights(self._folder, list(trials), self._objectives)


def drop_dominated_weights(folder: Path, trials: Sequence[Trial], objectives: Sequence[Objective]) -> None:
    """Remove the weights of all trials that are on no front and will be on none; they are large.

    Of the front by best guesses those may be members, later on, that would be on it with some luck: with their guess
    `DOUBT` standard deviations better.

    Args:
        folder: of the trials' files, ``0007.pt`` that of trial 7.
        trials: all that have ended.
        objectives: that the front is of.
    """
    guesses = guess_objectives(trials, objectives)
    kept = {trial.number for trial in find_front(trials, objectives)}
    if guesses:
        kept |= _list_hopeful(trials, objectives, guesses)
    for trial in trials:
        if trial.number not in kept:
            (folder / f"{trial.number:04d}.pt").unlink(missing_ok=True)


def _list_hopeful(trials: Sequence[Trial], objectives: Sequence[Objective], guesses: Guesses) -> set[int]:
    """Numbers of the trials that the front by best guesses would not dominate if they were so much better."""
    names, directions = [each.name for each in objectives], [each.direction for each in objectives]
    known = [trial for trial in trials if trial.number in guesses]
    front = np.array([guess_values(trial, names, guesses) for trial in find_front(known, objectives, guesses)])
    lucky = np.array([[_improve(trial, objective, guesses) for objective in objectives] for trial in known])
    best, costs = convert_to_costs(front, directions), convert_to_costs(lucky, directions)[:, None]
    beaten = np.any(np.all(best <= costs, axis=2) & np.any(best < costs, axis=2), axis=1).tolist()
    return {trial.number for trial, is_beaten in zip(known, beaten, strict=True) if not is_beaten}


def _improve(trial: Trial, objective: Objective, guesses: Guesses) -> float:
    guess = guesses[trial.number].get(objective.name)
    if guess is None:
        return trial.objectives[objective.name]
    return guess.value + (DOUBT if objective.direction == MAXIMISE else -DOUBT) * guess.sd
