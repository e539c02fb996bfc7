"""The front as a run folder shows it: the picture front.png and the page front.html, of one view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from search.confirming.shown import read_totals
from search.confirming.table import describe
from search.problem.objectives import BEFOREHAND, Objective
from search.report.confirmed_totals import add_confirmed
from search.report.delivered import describe_delivered, describe_ranking
from search.report.estimated_effects import read_estimated_effects
from search.report.figures.front_figure import BELOW, draw_front_figure, render_front_svg, save_png
from search.report.page.context import gather_context
from search.report.page.examples import NO_EXAMPLES, Examples
from search.report.page.page import write_page
from search.report.tables import sort_by_number
from search.study.fronts.best_guess import guess_objectives
from search.study.fronts.final_files import Final, choose_delivered, choose_ended
from search.study.fronts.front import FrontView
from search.study.kept_single_tasks import read_single_tasks

if TYPE_CHECKING:
    from search.confirming.sums import Totals
    from search.jobs.trial import Trial
    from trainers.tasks.task import Task

PICTURE, PAGE = "front.png", "front.html"


def see_front(
    folder: Path,
    trials: Sequence[Trial],
    members: tuple[Trial, ...],
    objectives: Sequence[Objective],
    reference: Sequence[float],
    tasks: Sequence[Task],
    marks: Mapping[str, str],
    finals: Sequence[Final],
) -> tuple[FrontView, list[str], Totals | None]:
    """What a run has to show at this moment.

    Args:
        folder: of the run.
        trials: all that have ended, in any order.
        members: the front of these.
        objectives: what is optimised.
        reference: reference point of the hypervolume.
        tasks: of the run.
        marks: words by key of the patterns that are pointed out.
        finals: trainings to the end.

    Returns:
        The view, lines for the page, and what its confirmation comes to, if there is one.

    Raises:
        DataError: the file of its confirmation is damaged.
    """
    told, ended = sort_by_number(trials), tuple(final.trial for final in choose_ended(finals).values())
    delivered = tuple(final.trial for final in choose_delivered(finals, objectives))
    guesses, singles = guess_objectives(told, objectives), read_single_tasks(folder, tasks)
    view = FrontView(told, members, objectives, reference, marks, guesses, delivered, ended, singles=singles)
    totals = read_totals(folder, trials, objectives, reference, tasks, finals)
    lead = describe_delivered(delivered, view) if delivered else describe_ranking(view)
    if totals is None:
        return view, lead, None
    return add_confirmed(view, totals), [*lead, *describe(totals)], totals


def show_front(
    folder: Path,
    view: FrontView,
    tasks: Sequence[Task],
    cost_lines: Sequence[str] = (),
    lead: Sequence[str] = (),
    caution: str = "",
    *,
    progress: str = "",
    running: bool = False,
    examples: Examples = NO_EXAMPLES,
) -> None:
    """Write both, each at one stroke.

    Args:
        folder: of the run.
        view: what is shown.
        tasks: of the run.
        cost_lines: what it has cost.
        lead: lines for the page, see `search.report.page.page.write_page`.
        caution: likewise, a sentence that stands open.
        progress: how far a search is that has not ended; empty at its end.
        running: whether it goes on.
        examples: predictions of some networks.
    """
    context = replace(gather_context(folder, view.trials, tasks), progress=progress, running=running)
    if told := next((each for each in view.objectives if each not in BEFOREHAND), None):
        context = replace(context, estimated=read_estimated_effects(folder, told.name))
    save_png(folder / PICTURE, draw_front_figure(view))
    svg = render_front_svg(draw_front_figure(view, BELOW))
    write_page(folder / PAGE, folder.resolve().name, view, svg, cost_lines, lead, context, examples, caution)
