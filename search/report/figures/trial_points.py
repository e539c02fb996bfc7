"""Points of trials in the figure of a search: how each kind looks, and where each trial stands."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from search.report.figures.palette import BLACK, BLUE, GREY, ORANGE, RED
from search.report.figures.window import OPEN, Window, cut, mark_cut

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform

POINT = "trial-{}"  # id in the SVG of the point of a trial, by number
END = "final-{}"  # likewise of its final training
SCATTER = "one training, 1 sd"


@dataclass(frozen=True)
class Look:
    """How the points of one kind of trial look; sizes in points; by what name they are found in the SVG."""

    label: str
    colour: str
    marker: str
    size: float
    order: int
    name: str = POINT


FRONT = Look("on the front, one training", BLUE, "o", 6.8, 4)
DOMINATED = Look("dominated", GREY, "o", 5.1, 2)
STOPPED = Look("stopped early", GREY, "|", 6.0, 2)
FAILED = Look("failed", RED, "x", 5.0, 3)
FINAL = Look("trained to the end", BLUE, "*", 11.0, 5, END)
CONFIRMED = Look("confirmed, 95 %", BLACK, "D", 3.6, 6, "confirmed-{}")
GUESSED = Look("best guess, 1 sd", BLUE, "_", 7.0, 5, "guess-{}")


@dataclass(frozen=True)
class Place:
    """Where a trial is drawn.

    Args:
        axes: the panel.
        at: its point.
        transform: of the point's coordinates.
    """

    axes: Axes
    at: tuple[float, float]
    transform: Transform


def draw_points(
    axes: Axes, look: Look, points: Mapping[int, tuple[float, float]], transform: Transform
) -> dict[int, Place]:
    """Draw trials of one kind.

    Args:
        axes: where.
        look: of their points.
        points: by number of the trial.
        transform: of the points' coordinates.

    Returns:
        Where each trial stands, by number.
    """
    from search.report.figures.named_points import NamedPoints  # matplotlib: 1 s, only drawing wants it

    if points:
        drawn = NamedPoints(
            {look.name.format(number): point for number, point in points.items()},
            marker=look.marker,
            markersize=look.size,
            color=look.colour,
            zorder=look.order,
            label=look.label,
            transform=transform,
        )
        axes.add_line(drawn)
        axes.autoscale_view()
    return {number: Place(axes, point, transform) for number, point in points.items()}


def draw_intervals(
    axes: Axes,
    look: Look,
    points: Mapping[int, tuple[tuple[float, float, float], tuple[float, float, float]]],
    window: Window = OPEN,
) -> None:
    """Draw means with intervals.

    Args:
        axes: where.
        look: of the means.
        points: by number of the trial, across and up: mean, lower and upper end; ends that are not finite are left out.
        window: that intervals end at, with an arrow.
    """
    for index, (number, (across, up)) in enumerate(points.items()):
        sides = [(mean, cut(ends, limits)) for (mean, *ends), limits in zip((across, up), window.sides, strict=True)]
        lengths = [[[abs(end - mean)] for end in ends] for mean, ends in sides]
        bars = [length if all(math.isfinite(end) for (end,) in length) else None for length in lengths]
        drawn = axes.errorbar(
            [across[0]],
            [up[0]],
            xerr=bars[0],
            yerr=bars[1],
            fmt=look.marker,
            markersize=look.size,
            color=look.colour,
            elinewidth=1.0,
            capsize=2.5,
            zorder=look.order,
            label=look.label if not index else "_",
        )
        drawn.lines[0].set_gid(look.name.format(number))
        mark_cut(axes, (across[0], up[0]), (across[1:], up[1:]), window, look.colour, look.order)


def draw_scatter(
    axes: Axes, points: Sequence[tuple[float, float]], spreads: Sequence[Sequence[float]], window: Window = OPEN
) -> None:
    """Draw how far single trainings scatter, around points that have no interval of their own.

    Args:
        axes: where.
        points: of the trainings.
        spreads: of each, standard deviations across and up; NaN where there is none, or it is not known.
        window: that they end at, with an arrow.
    """
    if not any(math.isfinite(spread) for row in spreads for spread in row):
        return
    lengths: list[list[list[float]] | None] = []
    for side, limits in enumerate(window.sides):
        known = [(point[side], row[side]) for point, row in zip(points, spreads, strict=True)]
        ends = [(at, cut((at - spread, at + spread), limits)) for at, spread in known]
        bars = [[at - low for at, (low, _) in ends], [high - at for at, (_, high) in ends]]
        lengths.append(bars if any(math.isfinite(spread) for _, spread in known) else None)
    lines = axes.errorbar(
        [x for x, _ in points],
        [y for _, y in points],
        xerr=lengths[0],
        yerr=lengths[1],
        fmt="none",
        ecolor=GREY,
        elinewidth=0.8,
        alpha=0.6,
        zorder=1.5,
        label=SCATTER,
    )
    for each in lines[2]:
        each.set_gid("scatter")
    for point, row in zip(points, spreads, strict=True):
        ends_of = [(at - spread, at + spread) for at, spread in zip(point, row, strict=True)]
        mark_cut(axes, point, ends_of, window, GREY, 1.5)


def draw_ring(spot: Place) -> None:
    """Draw a ring around a trial's point."""
    x, y = spot.at
    look: dict[str, Any] = {"marker": "o", "markersize": 11, "fillstyle": "none", "markeredgewidth": 1.6}
    spot.axes.plot([x], [y], color=ORANGE, zorder=5, transform=spot.transform, scalex=False, scaley=False, **look)
