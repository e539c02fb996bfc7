"""What is shown of a run's confirmations, the same on page, in tables and by `search.pick`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from search.confirming.confirmation import choose_shown, load_confirmations
from search.confirming.sums import Totals, sum_up
from search.jobs.trial import Trial
from search.problem.objectives import Objective
from search.study.fronts.final_files import Final, choose_ended

if TYPE_CHECKING:
    from trainers.tasks.task import Task


def read_totals(
    folder: Path,
    trials: Sequence[Trial],
    objectives: Sequence[Objective],
    reference: Sequence[float] | None,
    tasks: Sequence[Task],
    finals: Sequence[Final] = (),
    division: str | None = None,
) -> Totals | None:
    """What a run's confirmation comes to; None where nothing of what it has now is confirmed.

    Args:
        folder: of the run.
        trials: that have ended.
        objectives: of the search.
        reference: reference point of the hypervolume; None where that is not wanted.
        tasks: of the run.
        finals: trainings to the end.
        division: that is wanted; None for the one that knows most.

    Raises:
        DataError: its file is damaged.
    """
    kept = [each for each in load_confirmations(folder) if division in (None, each.division)]
    shown = choose_shown(kept, list_networks(trials, finals))
    return None if shown is None else sum_up(shown, objectives, tasks, reference)


def list_networks(trials: Sequence[Trial], finals: Sequence[Final]) -> dict[int, Trial]:
    """A run's networks by number of the trial: as they were at their ends where they were trained to these."""
    ended = {number: final.trial for number, final in choose_ended(finals).items()}
    return {trial.number: ended.get(trial.number, trial) for trial in trials}
