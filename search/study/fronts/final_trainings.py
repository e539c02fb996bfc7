"""The training to the end of what a search returns: few networks of the front, for long, on weights that are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import is_zipfile

import numpy as np

from search.config.settings import Settings
from search.jobs.job import Job
from search.jobs.members import Inherited
from search.jobs.trial import Trial
from search.problem.objectives import Objective
from search.problem.subset import choose_subset
from search.study.fronts.best_guess import guess_objectives
from search.study.fronts.final_files import name_final
from search.study.fronts.front import find_front, guess_values
from spaces.errors import DataError
from trainers.recipe import INHERITED_LR, stretch_recipe

SUPERNET, OWN, NOTHING, AUTO = "supernet", "trial", "nothing", "auto"
WORDS = {SUPERNET: "on the supernet's weights", OWN: "on its trial's weights", NOTHING: "from nothing"}


@dataclass(frozen=True)
class Starts:
    """Weights that a final training may start from.

    Args:
        supernet: of the whole space, or None.
        trial: of the member's own trial, or None where they were not kept or are those of a pruned network.
    """

    supernet: Inherited | None
    trial: Inherited | None

    def choose(self, start: str, number: int) -> tuple[str, Inherited | None]:
        """Those that are wanted, with their name; "auto" is the first of supernet, trial, nothing that is there.

        Args:
            start: as the configuration says.
            number: of the trial, for messages.

        Raises:
            DataError: they are not there.
        """
        there = {name: held for name, held in ((SUPERNET, self.supernet), (OWN, self.trial)) if held} | {NOTHING: None}
        name = next(iter(there)) if start == AUTO else start
        if name not in there:
            raise DataError(
                f"final.start={start}: trial {number} has no such weights; take final.start=auto, which begins from "
                "nothing where there are none"
            )
        return name, there[name]


@dataclass(frozen=True)
class PlannedFinal:
    """A final training that is to be done.

    Args:
        trial: whose network is trained to the end.
        job: that trains it.
        start: whose weights it begins on: "supernet", "trial" or "nothing".
        before: epochs that those have been trained.
    """

    trial: Trial
    job: Job
    start: str
    before: int


def choose_members(
    trials: Sequence[Trial], objectives: Sequence[Objective], point: Sequence[float], count: int
) -> list[Trial]:
    """Members of the front by best guesses that hold most hypervolume between them, cheapest first.

    Args:
        trials: of the search.
        objectives: that the front is of.
        point: that the hypervolume is measured from.
        count: at most.
    """
    guesses = guess_objectives(trials, objectives)
    front = find_front(trials, objectives, guesses)
    if not front:
        return []
    names = [objective.name for objective in objectives]
    values = np.array([guess_values(trial, names, guesses) for trial in front], dtype=float)
    rows = choose_subset(values, point, [objective.direction for objective in objectives], count)
    return [front[row] for row in sorted(rows)]


def plan_final(settings: Settings, folder: Path, trial: Trial, made: Job, supernet: Inherited | None) -> PlannedFinal:
    """How a member is trained to the end.

    Args:
        settings: of the search.
        folder: of the run.
        trial: the member.
        made: the job of its trial.
        supernet: weights of the whole space, or None.

    Raises:
        DataError: the weights that it is to start from are not there, or damaged.
    """
    wanted, shared = settings.final.start, None if trial.masks else supernet
    looks = not trial.masks and (wanted == OWN or (wanted == AUTO and shared is None))
    start, inherits = Starts(shared, _find_own(trial, made) if looks else None).choose(wanted, trial.number)
    job = replace(
        made,
        label=f"final training of trial {trial.number}, {WORDS[start]}",
        recipe=stretch_recipe(settings.trainer, settings.split.final, INHERITED_LR if inherits else 1.0),
        inherits=inherits,
        until=None,
        probe=None,
    )
    place = name_final(folder, job, trial.number)
    job = replace(
        job,
        outcome=place.with_suffix(".outcome.json"),
        weights=place.with_suffix(".pt"),
        checkpoint=place.with_suffix(".ckpt"),
    )
    before = {SUPERNET: settings.split.supernet, OWN: trial.epochs, NOTHING: 0}[start]
    return PlannedFinal(trial, job, start, before)


def _find_own(trial: Trial, made: Job) -> Inherited | None:
    """The weights that a trial left."""
    kept = made.weights
    if kept is None or not kept.exists():
        return None
    if not is_zipfile(kept):
        raise DataError(
            f"{kept}: no weights of trial {trial.number}; it was damaged from outside: restore it from a copy, or "
            "remove it, and with final.start=auto its final training begins from nothing"
        )
    return Inherited(kept, made.training)
