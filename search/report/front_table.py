"""The front as a table: for the terminal, and in Markdown for the tracker."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from search.problem.objectives import BEFOREHAND, COUNTED, Objective, format_guess, format_spread, format_value
from search.study.fronts.best_guess import NO_GUESSES, Guesses
from spaces.common.formatting import format_count
from spaces.common.terminal import USUAL
from spaces.drawing.one_line import describe_in_line

SHARED = "what is shared, from the encoder to the heads"
ROOM = 24  # columns below which what is shared stands in a table of its own
Spreads = Mapping[int, Mapping[str, float]]
NO_SPREADS: Spreads = MappingProxyType({})
PADDING = 3  # columns that a table adds to each of its own

if TYPE_CHECKING:
    from search.jobs.trial import Trial
    from search.report.search_cost import SearchCost


def summarise_front(
    members: Sequence[Trial],
    objectives: Sequence[Objective],
    width: int = USUAL,
    *,
    guesses: Guesses = NO_GUESSES,
    spreads: Spreads = NO_SPREADS,
    final: bool = False,
) -> str:
    """The front as a table for the terminal, cheapest first.

    Args:
        members: as `search.study.fronts.front.find_front` gives them.
        objectives: what was optimised.
        width: columns of the terminal.
        guesses: best guesses of what was measured, shown with their standard deviations where there are some.
        spreads: standard deviations of what one training shows, by number and name, where they are known.
        final: whether these are networks that were trained to the end.
    """
    if not members:
        return "No front: no trial has completed. The column 'reason' of trials.csv says why each one failed.\n"
    title = "Delivered, trained to the end, cheapest first" if final else "Pareto front, cheapest first"
    if not guesses and any(spreads.values()):
        title += "; +- 1 sd, as single-task networks scatter"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("trial", justify="right")
    shown_apart = [objective for objective in objectives if objective not in COUNTED]
    for objective in shown_apart:
        table.add_column(objective.label, justify="right")
        if guesses and objective not in BEFOREHAND:
            table.add_column("best guess", justify="right", no_wrap=True)
    table.add_column("MACs", justify="right")
    table.add_column("parameters", justify="right")
    rows = []
    for trial in members:
        numbers = []
        for o in shown_apart:
            guess = guesses.get(trial.number, {}).get(o.name)
            # Of one training, which scatters more than what all trials together tell.
            spread = spreads.get(trial.number, {}).get(o.name, guess.sd if guess else math.nan)
            told = _show(o, trial.objectives[o.name], spread)
            numbers.append(told.partition(" +- ")[0] if guesses else told)  # beside a guess, whose error stands there
            if guesses and o not in BEFOREHAND:
                numbers.append(format_guess(o, guess.value, guess.sd) if guess else "-")
        rows.append([str(trial.number), *numbers, format_count(trial.macs), format_count(trial.params)])
    text = io.StringIO()
    console = Console(file=text, width=width, color_system=None, force_terminal=False)
    for each in _lay_out(table, rows, [describe_in_line(trial.pattern) for trial in members], width):
        console.print(each)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def _show(objective: Objective, value: float, spread: float) -> str:
    """A value without its unit, with its spread where that is known, in no more digits than the spread has."""
    if math.isfinite(value) and objective not in BEFOREHAND:
        return format_guess(objective, value, spread)
    return format_value(objective, value).removesuffix(objective.unit).strip()


def _lay_out(table: Table, rows: Sequence[Sequence[str]], sharing: Sequence[str], width: int) -> list[Table]:
    """Numbers and what is shared in one table; where that leaves too little for the latter, in two."""
    longest = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for column, size in zip(table.columns, longest, strict=True):
        column.min_width = size  # headings are wrapped at words, numbers not
    taken = sum(max(longest[i], _widest_word(str(c.header))) + PADDING for i, c in enumerate(table.columns))
    shared = table
    if width - taken < ROOM:
        shared = Table(box=box.SIMPLE_HEAD)
        shared.add_column("trial", justify="right")
    shared.add_column(SHARED, overflow="fold")
    for row, told in zip(rows, sharing, strict=True):
        if shared is table:
            table.add_row(*row, Text(told))
        else:
            table.add_row(*row)
            shared.add_row(row[0], Text(told))
    return [table] if shared is table else [table, shared]


def _widest_word(text: str) -> int:
    return max(map(len, text.split()))


def format_markdown(
    members: Sequence[Trial],
    objectives: Sequence[Objective],
    cost: SearchCost | None = None,
    spreads: Spreads = NO_SPREADS,
    guesses: Guesses = NO_GUESSES,
    confirmed: Mapping[int, Mapping[str, str]] = MappingProxyType({}),
) -> str:
    """The front as a Markdown table, with spreads, and what it has cost: for the page of the run in MLflow.

    Args:
        members: as `search.study.fronts.front.find_front` gives them.
        objectives: what was optimised.
        cost: of the search.
        spreads: standard deviations of what one training shows, by number and name, where they are known.
        guesses: best guesses, beside what was measured where there are some.
        confirmed: means of fresh seeds with their intervals, by number and name, in columns where there are some.
    """
    return "\n\n".join([_format_front(members, objectives, spreads, guesses, confirmed), *(cost.lines if cost else ())])


def _format_front(
    members: Sequence[Trial],
    objectives: Sequence[Objective],
    spreads: Spreads,
    guesses: Guesses,
    confirmed: Mapping[int, Mapping[str, str]],
) -> str:
    if not members:
        return "No front: no trial has completed."
    guessed = {o.name for o in objectives if any(o.name in guesses.get(t.number, {}) for t in members)}
    known = {o.name for o in objectives if any(o.name in confirmed.get(t.number, {}) for t in members)}
    head = ["trial"]
    for o in objectives:
        head += [o.name, *[f"{o.name}, best guess"] * (o.name in guessed)]
        head += [f"{o.name}, confirmed (95 %)"] * (o.name in known)
    head.append("sharing")
    rows = []
    for t in members:
        numbers = []
        for o in objectives:
            numbers.append(_show_whole(o, t, spreads.get(t.number, {})))
            if o.name in guessed:
                guess = guesses.get(t.number, {}).get(o.name)
                numbers.append(format_spread(o, guess.value, guess.sd) if guess else "-")
            if o.name in known:
                numbers.append(confirmed.get(t.number, {}).get(o.name, "-"))
        rows.append([str(t.number), *numbers, _escape_cell(describe_in_line(t.pattern))])
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _show_whole(objective: Objective, trial: Trial, spreads: Mapping[str, float]) -> str:
    return format_spread(objective, trial.objectives[objective.name], spreads.get(objective.name, math.nan))


def _escape_cell(text: str) -> str:
    """A text that may stand in a Markdown table, in which | parts the cells."""
    return text.replace("|", "\\|")
