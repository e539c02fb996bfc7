"""The report: files a search leaves for people, that is tables, figure, page and a folder for each front member.

Called by the reporter, from the trials alone: the same trials give the same files, however often and after whatever
interruption they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from search.confirming.confirmation import CSV
from search.confirming.table import format_csv, list_rows
from search.jobs.trial import Trial
from search.problem.objectives import Objective
from search.report.member_folders import write_member_folders
from search.report.page.examples import draw_examples
from search.report.shown_front import see_front, show_front
from search.report.tables import NO_MARKS, write_finals_table, write_tables
from search.study.fronts.final_files import Final, choose_delivered, choose_told
from spaces.common.atomic_files import write_json, write_text

if TYPE_CHECKING:
    from search.report.search_cost import SearchCost
    from trainers.tasks.task import Task


def write_report(
    folder: Path,
    trials: Sequence[Trial],
    objectives: Sequence[Objective],
    reference: Sequence[float],
    tasks: Sequence[Task],
    marks: Mapping[str, str] = NO_MARKS,
    cost: SearchCost | None = None,
    finals: Sequence[Final] = (),
    note: Callable[[Sequence[Trial]], str] = lambda delivered: "",
    progress: str = "",
) -> tuple[Trial, ...]:
    """Write or bring up to date the tables, front.png, front.html, receipt.json and the folders of the front's members.

    Args:
        folder: the run folder; weights are copied from `trials/0012.pt` where they are.
        trials: all finished trials, in any order.
        objectives: what was optimised.
        reference: reference point of the hypervolume, one value an objective.
        tasks: the tasks of the run, for the order of the columns.
        marks: words by key of the patterns that people look for, such as "all fused".
        cost: what the run has cost; without one, none is written.
        finals: trainings to the end, whose front is then delivered in place of the trials'.
        note: a sentence for the page about what is delivered, or "".
        progress: how far a search has come that was stopped, for the page; empty at its end.

    Returns:
        What is delivered: those, or the front, cheapest first.
    """
    members, chosen = write_tables(folder, trials, objectives, tasks, marks), choose_delivered(finals, objectives)
    delivered = tuple(final.trial for final in chosen)
    if finals:
        write_finals_table(folder, choose_told(finals), objectives, tasks, marks)
    write_member_folders(folder, delivered or members, {final.trial.number: final.weights for final in chosen})
    view, lead, totals = see_front(folder, trials, members, objectives, reference, tasks, marks, finals)
    if totals:
        write_text(folder / CSV, format_csv(list_rows(totals)))
    else:  # of networks as they were before
        (folder / CSV).unlink(missing_ok=True)
    examples = draw_examples(folder, list({each.number: each for each in (*delivered, *members, *view.ended)}.values()))
    caution, lines = note(delivered or members), cost.lines if cost else ()
    if cost:
        write_json(folder / "receipt.json", cost.to_json())
    show_front(folder, view, tasks, lines, lead, caution, progress=progress, examples=examples)
    return delivered or members
