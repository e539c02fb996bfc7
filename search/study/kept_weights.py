"""Which trials keep their file of weights: members of the front, for a dominated trial never comes back to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from search.jobs.trial import Trial
from search.problem.objectives import Objective
from search.study.front import find_front


def drop_dominated_weights(folder: Path, trials: Sequence[Trial], objectives: Sequence[Objective]) -> None:
    """Remove the weights of all trials that are not on the front; they are large.

    Args:
        folder: of the trials' files, ``0007.pt`` that of trial 7.
        trials: all that have ended.
        objectives: that the front is of.
    """
    kept = {trial.number for trial in find_front(trials, objectives)}
    for trial in trials:
        if trial.number not in kept:
            (folder / f"{trial.number:04d}.pt").unlink(missing_ok=True)
