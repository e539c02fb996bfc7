"""The report: files a search leaves for people, that is tables, figure, page and a folder for each front member.

Called by the reporter, from the trials alone: the same trials give the same files, however often and after whatever
interruption they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from search.confirming.confirmation import CSV
from search.confirming.shown import read_totals
from search.confirming.table import describe, format_csv, list_rows
from search.jobs.trial import Trial
from search.problem.objectives import Objective
from search.report.confirmed_totals import add_confirmed
from search.report.delivered import describe_delivered, describe_ranking
from search.report.member_folders import write_member_folders
from search.report.page.examples import draw_examples
from search.report.shown_front import show_front
from search.report.tables import NO_MARKS, sort_by_number, write_finals_table, write_tables
from search.study.fronts.best_guess import guess_objectives
from search.study.fronts.final_files import Final, choose_delivered, choose_ended, choose_told
from search.study.fronts.front import FrontView
from search.study.kept_single_tasks import read_single_tasks
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
    told, ended = sort_by_number(trials), tuple(final.trial for final in choose_ended(finals).values())
    guesses, singles = guess_objectives(told, objectives), read_single_tasks(folder, tasks)
    view = FrontView(told, members, objectives, reference, marks, guesses, delivered, ended, singles=singles)
    if totals := read_totals(folder, trials, objectives, reference, tasks, finals):
        write_text(folder / CSV, format_csv(list_rows(totals)))
        view = add_confirmed(view, totals)
    else:  # of networks as they were before
        (folder / CSV).unlink(missing_ok=True)
    lead = describe_delivered(delivered, view) if delivered else describe_ranking(view)
    lead += describe(totals) if totals else ()
    examples = draw_examples(folder, list({each.number: each for each in (*delivered, *members, *ended)}.values()))
    caution, lines = note(delivered or members), cost.lines if cost else ()
    if cost:
        write_json(folder / "receipt.json", cost.to_json())
    show_front(folder, view, tasks, lines, lead, caution, progress=progress, examples=examples)
    return delivered or members
