"""What was confirmed of a run's networks as they are now: for whatever stands above a run folder."""

from __future__ import annotations

from collections.abc import Sequence

from search.confirming.shown import read_totals
from search.confirming.sums import Row, Totals
from search.problem.objectives import Objective
from search.results.results import Results
from search.study.fronts.final_files import load_finals


def read_confirmed(run: Results, objectives: Sequence[Objective]) -> Totals | None:
    """The confirmation that is shown of a run, without hypervolumes; None where nothing was confirmed.

    Raises:
        DataError: the run's file is damaged.
    """
    return read_totals(run.path, run.ended, objectives, None, run.tasks, load_finals(run.path))


def list_confirmed(totals: Totals | None) -> dict[int, Row]:
    """Its networks by number of the trial; none where nothing was confirmed."""
    return {row.member.number: row for row in totals.rows} if totals else {}
