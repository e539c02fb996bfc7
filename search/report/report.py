"""The files a search leaves for people: tables, the figure, and a folder for each member of the Pareto front.

Called by the driver, from the trials alone: the same trials give the same files, however often and after
whatever interruption they are written.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from search.jobs.trial import Trial
from search.problem.objectives import MACS, PARAMS, Objective, format_value
from search.report.member_folders import _member_folders
from search.report.tables import NO_MARKS, _by_number, write_tables
from search.study.front import FrontView
from spaces.common.atomic_files import write_json
from spaces.common.formatting import format_count
from spaces.drawing.one_line import describe_in_line

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
    receipt: SearchCost | None = None,
) -> tuple[Trial, ...]:
    """Write or bring up to date the tables, front.png, front.html, receipt.json and the folders of the front's members.

    Args:
        folder: the run folder; weights are copied from `trials/0012.pt` where they are.
        trials: all finished trials, in any order.
        objectives: what was optimised.
        reference: reference point of the hypervolume, one value an objective.
        tasks: the tasks of the run, for the order of the columns.
        marks: words by key of the patterns that people look for, such as "all fused".
        receipt: what the run has cost; without one, none is written.

    Returns:
        The front, cheapest first.
    """
    from search.report import page
    from search.report.figures import front_figure as plots

    members = write_tables(folder, trials, objectives, tasks, marks)
    _member_folders(folder, members)
    standing = FrontView(_by_number(trials), members, objectives, reference, marks)
    figure = plots.draw_front_figure(standing)
    plots.save_png(folder / "front.png", figure)
    page.write_page(
        folder / "front.html",
        folder.resolve().name,
        standing,
        plots.render_front_svg(figure),
        receipt.lines if receipt else (),
    )
    if receipt:
        write_json(folder / "receipt.json", receipt.to_json())
    return members


def summarise_front(members: Sequence[Trial], objectives: Sequence[Objective], width: int = 110) -> str:
    """The front as a table for the terminal, cheapest first.

    Args:
        members: as `write` or `front` gave them.
        objectives: what was optimised.
        width: columns of the terminal.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not members:
        return "No front: no trial has completed. The column 'reason' of trials.csv says why each one failed.\n"
    table = Table(title="Pareto front, cheapest first", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("trial", justify="right")
    shown_apart = [objective for objective in objectives if objective not in (MACS, PARAMS)]
    for objective in shown_apart:
        table.add_column(objective.label, justify="right")
    table.add_column("MACs", justify="right")
    table.add_column("parameters", justify="right")
    table.add_column("what is shared, from the encoder to the heads", overflow="fold")
    for trial in members:
        numbers = [format_value(o, trial.objectives[o.name]).removesuffix(o.unit).strip() for o in shown_apart]
        costs = [format_count(trial.macs), format_count(trial.params)]
        table.add_row(str(trial.number), *numbers, *costs, Text(describe_in_line(trial.pattern)))
    text = io.StringIO()
    Console(file=text, width=width, color_system=None, force_terminal=False).print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def format_markdown(
    members: Sequence[Trial], objectives: Sequence[Objective], receipt: SearchCost | None = None
) -> str:
    """The front as a Markdown table and what it has cost, for the page of the run in MLflow."""
    return "\n\n".join([_front_table(members, objectives), *(receipt.lines if receipt else ())])


def _front_table(members: Sequence[Trial], objectives: Sequence[Objective]) -> str:
    if not members:
        return "No front: no trial has completed."
    head = ["trial", *(objective.name for objective in objectives), "sharing"]
    rows = [
        [
            str(t.number),
            *(format_value(o, t.objectives[o.name]) for o in objectives),
            _cell_safe(describe_in_line(t.pattern)),
        ]
        for t in members
    ]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell_safe(text: str) -> str:
    """A text that may stand in a Markdown table, in which | parts the cells."""
    return text.replace("|", "\\|")
