"""Which trials keep their file of weights: those that are on a front, or may come to it as best guesses change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from search.jobs.trial import Trial
from search.problem.objectives import MAXIMISE, Objective
from search.study.fronts.best_guess import Guess, guess_objectives
from search.study.fronts.front import find_front

DOUBT = 2.0  # standard deviations: our choice


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
    kept |= {trial.number for trial in find_front(trials, objectives, guesses)}
    for number in set(guesses) - kept:
        lucky = {name: _improve(guess, objectives, name) for name, guess in guesses[number].items()}
        kept |= {number} & {t.number for t in find_front(trials, objectives, {**guesses, number: lucky})}
    for trial in trials:
        if trial.number not in kept:
            (folder / f"{trial.number:04d}.pt").unlink(missing_ok=True)


def _improve(guess: Guess, objectives: Sequence[Objective], name: str) -> Guess:
    sign = next(1.0 if each.direction == MAXIMISE else -1.0 for each in objectives if each.name == name)
    return Guess(guess.value + sign * DOUBT * guess.sd, guess.sd)
