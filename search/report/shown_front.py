"""The front as a run folder shows it: the picture front.png and the page front.html, of one view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from search.problem.objectives import BEFOREHAND
from search.report.estimated_effects import read_estimated_effects
from search.report.figures.front_figure import BELOW, draw_front_figure, render_front_svg, save_png
from search.report.page.context import gather_context
from search.report.page.examples import NO_EXAMPLES, Examples
from search.report.page.page import write_page

if TYPE_CHECKING:
    from search.study.fronts.front import FrontView
    from trainers.tasks.task import Task

PICTURE, PAGE = "front.png", "front.html"


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
