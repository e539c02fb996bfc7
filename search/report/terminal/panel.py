"""Parts of a line packed into lines of a width, and the live panel made of them: no part is cut that fits a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.progress_bar import ProgressBar
from rich.text import Text

SEPARATOR = "  |  "
BAR = 40  # columns of the bar at most: our choice
RUNNING = 4  # trainings that are named at most, so that the panel stays low: our choice


def pack(parts: Iterable[str], width: int, separator: str = SEPARATOR) -> list[str]:
    """Lines that hold the parts in their order; a part that is longer than a line has one of its own."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(separator) + len(part) <= width:
            lines[-1] += separator + part
        else:
            lines.append(part)
    return lines


class Panel:
    """Bar, counts and what runs, drawn at the width that there is.

    Args:
        done: trainings that have ended.
        total: of all.
        counts: parts of a line.
        running: what runs, a training each.
    """

    def __init__(self, done: float, total: float, counts: Sequence[str], running: Sequence[str]) -> None:
        self._done, self._total, self._counts, self._running = done, max(1.0, total), counts, running

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The lines of the panel; a longer text than a line ends in three dots."""
        width = options.max_width
        yield ProgressBar(total=self._total, completed=min(self._done, self._total), width=min(BAR, width))
        yield Text("")  # ends the bar's line
        shown = list(self._running[:RUNNING])
        if more := len(self._running) - len(shown):
            shown.append(f"and {more} more")
        for line in [*pack(self._counts, width), *pack(shown, width, "  ")]:
            yield Text(line, no_wrap=True, overflow="ellipsis")
