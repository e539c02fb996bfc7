"""What part of the plane a plot of points shows: that of the points, however far their intervals reach.

Two seeds make intervals a hundred times as long as the points are apart; a plot that held them would show no more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ALL = (-math.inf, math.inf)
SPREADS = 2.0  # standard deviations, the median ones, that are shown beyond the outmost points at least: our choice
MARGIN = 0.06  # beyond the window, as a share of it, so that marks at its edges are whole
GOES_ON = "interval goes on beyond the plot"


@dataclass(frozen=True)
class Window:
    """Least and largest values that are drawn.

    Args:
        across: of the first coordinate.
        up: of the second.
    """

    across: tuple[float, float] = ALL
    up: tuple[float, float] = ALL

    @property
    def sides(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Both, across first."""
        return self.across, self.up


OPEN = Window()


def find_limits(values: Iterable[float], spreads: Iterable[float]) -> tuple[float, float]:
    """Ends of what is shown: the points, and as much again to either side, or what spreads want; all where that is 0.

    Args:
        values: of points.
        spreads: standard deviations of single trainings and best guesses.
    """
    known = [value for value in values if math.isfinite(value)]
    sound = [spread for spread in spreads if math.isfinite(spread)]
    if not known:
        return ALL
    room = max(max(known) - min(known), SPREADS * median(sound) if sound else 0.0)
    return (min(known) - room, max(known) + room) if room else ALL


def cut(ends: Sequence[float], limits: tuple[float, float]) -> list[float]:
    """Ends of an interval within limits; NaN stays."""
    return [end if math.isnan(end) else min(max(end, limits[0]), limits[1]) for end in ends]


def mark_cut(
    axes: Axes, at: tuple[float, float], ends: Sequence[Sequence[float]], window: Window, colour: str, order: float
) -> None:
    """Draw an arrow at the edge wherever an interval goes on beyond it.

    Args:
        axes: where.
        at: the interval's point.
        ends: lower and upper end across and up.
        window: that is shown.
        colour: of the interval.
        order: of drawing.
    """
    for side, (interval, limits, arrows) in enumerate(zip(ends, window.sides, ("<>", "v^"), strict=True)):
        for end, limit, arrow in zip(interval, limits, arrows, strict=True):
            if math.isfinite(end) and cut([end], limits) != [end]:
                x, y = (limit, at[1]) if side == 0 else (at[0], limit)
                axes.plot([x], [y], arrow, color=colour, markersize=4.5, zorder=order, label=GOES_ON, gid="goes-on")


def fit_window(axes: Axes, window: Window) -> None:
    """Let the axes end where the window does, if they reach farther."""
    (left, right), (bottom, top) = (
        _bound(limits, seen) for limits, seen in zip(window.sides, (axes.get_xlim(), axes.get_ylim()), strict=True)
    )
    axes.set(xlim=(left, right), ylim=(bottom, top))


def _bound(limits: tuple[float, float], seen: tuple[float, float]) -> tuple[float, float]:
    low, high = limits
    margin = MARGIN * (high - low) if math.isfinite(high - low) else 0.0
    return max(seen[0], low - margin), min(seen[1], high + margin)
