"""The training to the end of what a search returns: few networks of the front, for long, on weights that are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from search.config.settings import Settings
from search.jobs.job import Job, Outcome
from search.jobs.members import Inherited
from search.jobs.trial import Trial
from search.problem.objectives import Objective
from search.problem.subset import choose_subset
from search.study.fronts.best_guess import guess_objectives
from search.study.fronts.front import find_front, guess_values
from spaces.common.atomic_files import read_json, write_json
from spaces.errors import DataError
from trainers.recipe import INHERITED_LR, stretch_recipe

FINALS = "finals"


@dataclass(frozen=True)
class Starts:
    """Weights that a final training may start from.

    Args:
        supernet: of the whole space, or None.
        trial: of the member's own trial, or None where they were not kept or are those of a pruned network.
    """

    supernet: Inherited | None
    trial: Inherited | None

    def choose(self, start: str) -> Inherited | None:
        """Those that are wanted: "supernet", "trial", "nothing", or "auto" for the first of these that is there.

        Raises:
            DataError: they are not there.
        """
        if start == "nothing":
            return None
        wanted = {"supernet": self.supernet, "trial": self.trial, "auto": self.supernet or self.trial}[start]
        if wanted is None and start != "auto":
            raise DataError(f"final.start={start}: there are no such weights; take final.start=auto")
        return wanted


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


def plan_final(settings: Settings, folder: Path, trial: Trial, made: Job, supernet: Inherited | None) -> Job:
    """The job that trains a member to the end.

    Args:
        settings: of the search.
        folder: of the run.
        trial: the member.
        made: the job of its trial.
        supernet: weights of the whole space, or None.

    Raises:
        DataError: the weights that it is to start from are not there.
    """
    kept = made.weights
    own = Inherited(kept, made.training) if kept and kept.exists() and not trial.masks else None
    inherits = Starts(None if trial.masks else supernet, own).choose(settings.final.start)
    place = folder.absolute() / FINALS / f"{trial.number:04d}"
    return replace(
        made,
        label=f"final training of trial {trial.number}",
        recipe=stretch_recipe(settings.trainer, settings.split.final, INHERITED_LR if inherits else 1.0),
        inherits=inherits,
        until=None,
        probe=None,
        outcome=place.with_suffix(".outcome.json"),
        weights=place.with_suffix(".pt"),
        checkpoint=place.with_suffix(".ckpt"),
    )


def save_final(folder: Path, job: Job, trial: Trial) -> None:
    """Keep what a final training came to, under the name of the training."""
    write_json(_find_file(folder, trial.number), {"training": job.training, "trial": trial.to_json()})


def load_finals(folder: Path) -> list[Trial]:
    """Final trainings that have ended, by number of their trials.

    Raises:
        DataError: a file is damaged.
    """
    return [_read(path)[1] for path in sorted((folder / FINALS).glob("[0-9][0-9][0-9][0-9]*.json")) if _is_final(path)]


def find_final(folder: Path, job: Job, number: int) -> Trial | None:
    """A final training that has ended as the job wants it, with its weights; None where it is to be done.

    Raises:
        DataError: its file is damaged.
    """
    path = _find_file(folder, number)
    if not path.exists() or job.weights is None or not job.weights.exists():
        return None
    training, trial = _read(path)
    return trial if training == job.training and trial.complete else None


def make_final(trial: Trial, measured: Trial, outcome: Outcome) -> Trial:
    """A final training as a trial of the same number and pattern: values of the end, epochs of its own."""
    return replace(measured, number=trial.number, choices=trial.choices, epochs=outcome.epochs)


def _find_file(folder: Path, number: int) -> Path:
    return folder / FINALS / f"{number:04d}.json"


def _is_final(path: Path) -> bool:
    return path.name.count(".") == 1


def _read(path: Path) -> tuple[str, Trial]:
    try:
        data = read_json(path)
        return str(data["training"]), Trial.from_json(data["trial"])
    except (DataError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{path}: no final training ({error.__cause__ or error}); it was damaged from outside: remove it, and the "
            "same command trains it again"
        ) from error
