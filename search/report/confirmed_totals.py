"""A run's confirmation as its report shows it: what it comes to for the networks that the run has now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from search.confirming.attainment import compute_attainment
from search.confirming.confirmation import drop_stale, load_confirmation
from search.confirming.sums import Totals, sum_up
from search.jobs.trial import Trial
from search.problem.objectives import Objective
from search.study.fronts.final_files import Final, choose_ended
from search.study.fronts.front import Estimate, FrontView

if TYPE_CHECKING:
    from trainers.tasks.task import Task


def read_totals(
    folder: Path,
    trials: Sequence[Trial],
    objectives: Sequence[Objective],
    reference: Sequence[float],
    tasks: Sequence[Task],
    finals: Sequence[Final] = (),
) -> Totals | None:
    """What a run's confirmation comes to; None where nothing of what it has now is confirmed.

    Args:
        folder: of the run.
        trials: that have ended.
        objectives: of the search.
        reference: reference point of the hypervolume.
        tasks: of the run.
        finals: trainings to the end.

    Raises:
        DataError: its file is damaged.
    """
    confirmation = load_confirmation(folder)
    if confirmation is None:
        return None
    totals = sum_up(drop_stale(confirmation, list_objectives(trials, finals)), objectives, tasks, reference)
    return totals if totals.rows else None


def list_objectives(trials: Sequence[Trial], finals: Sequence[Final]) -> dict[int, Mapping[str, float]]:
    """Objectives of a run's networks by number of the trial: those of their ends where they were trained to these."""
    ended = {number: final.trial for number, final in choose_ended(finals).items()}
    return {trial.number: ended.get(trial.number, trial).objectives for trial in trials}


def add_confirmed(view: FrontView, totals: Totals) -> FrontView:
    """The same with means, intervals and attainment surfaces."""
    confirmed = {
        row.member.number: {
            each.name: Estimate(row.test[each.name].mean, row.test[each.name].low, row.test[each.name].high)
            for each in totals.objectives
        }
        for row in totals.rows
    }
    attained = compute_attainment(totals.values, [each.direction for each in totals.objectives])
    return replace(view, confirmed=confirmed, attained=attained)
