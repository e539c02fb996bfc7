"""The panel of the figure that shows the front among all trials, with a point for each trial.

Drawn into axes of `search.report.figures.front_figure`. Costs go across, so that the best corner is the upper left one.
A trial without a value stands as a cross at the foot of the panel that knows its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from search.jobs.trial import PRUNED
from search.problem import pareto
from search.problem.objectives import MACS, MAXIMISE, PARAMS, Objective
from search.report.figures.palette import BLACK, BLUE, GREY, ORANGE, RED
from search.report.figures.point_labels import Label, place_labels
from search.study.front import FrontView, collect_values

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform

    from search.jobs.trial import Trial

POINT = "trial-{}"  # id in the SVG of the point of a trial, by number
RUG = 0.025  # height of the trials without a value, as a share of the axes
NUMBER = Objective("trial", "", MAXIMISE)  # goes across where there is one objective only


@dataclass(frozen=True)
class _Look:
    """How the points of one kind of trial look; sizes in points."""

    label: str
    colour: str
    marker: str
    size: float
    order: int


FRONT = _Look("Pareto front", BLUE, "o", 6.8, 4)
DOMINATED = _Look("dominated", GREY, "o", 5.1, 2)
STOPPED = _Look("stopped early", GREY, "|", 6.0, 2)
FAILED = _Look("failed", RED, "x", 5.0, 3)


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


def draw_front_panel(panel: Axes, by_turn: Axes, standing: FrontView) -> dict[int, Place]:
    """Draw the front and all trials.

    Args:
        panel: for the front.
        by_turn: shows finished trials across; a trial stands there whose place in the panel is not known at all.
        standing: what is drawn.

    Returns:
        Where each trial stands, by number.
    """
    across, up = _axes_of(standing.objectives)
    places: dict[int, Place] = {}
    for look, on_front in ((FRONT, True), (DOMINATED, False)):
        trials = [trial for trial in standing.trials if (trial.number in standing.members) is on_front]
        at = zip(_values(trials, across), _values(trials, up), strict=True)
        found = {trial.number: point for trial, point in zip(trials, at, strict=True) if np.isfinite(point).all()}
        places |= _scatter(panel, look, found, panel.transData)
    foot = panel if across in (MACS, PARAMS, NUMBER) else by_turn
    unplaced = [(turn, trial) for turn, trial in enumerate(standing.trials, start=1) if trial.number not in places]
    for look, pruned in ((STOPPED, True), (FAILED, False)):
        rug = {
            trial.number: ({MACS: trial.macs, PARAMS: trial.params, NUMBER: trial.number}.get(across, turn), RUG)
            for turn, trial in unplaced
            if (trial.status == PRUNED) is pruned
        }
        places |= _scatter(foot, look, rug, foot.get_xaxis_transform())
    _frame(panel, standing, across, up)
    return places


def label_objective(axes: Axes, standing: FrontView, places: Mapping[int, Place]) -> None:
    """Number the front's members, ring and name the marked trials.

    Args:
        axes: the panel to label; its size must not change any more.
        standing: what is drawn.
        places: as `draw` gave them.
    """
    here = {number: spot for number, spot in places.items() if spot.axes is axes}
    labels = []
    for number, spot in here.items():
        words = standing.marked.get(number)
        if words:
            _ring(spot)
            labels.append(Label(f"{number}: {words}", spot.at, spot.transform, ORANGE, 8, needed=True))
        elif number in standing.members:
            labels.append(Label(str(number), spot.at, spot.transform, BLUE, 5.5, needed=False))
    points = [spot.transform.transform(spot.at) for spot in here.values()]
    curves = [np.asarray(line.get_xydata()) for line in axes.lines]
    lines = [axes.transData.transform(_dense(curve)) for curve in curves if len(curve) > 2]  # rules may be crossed
    place_labels(axes, labels, np.vstack([np.empty((0, 2)), *points, *lines]))


def _frame(axes: Axes, standing: FrontView, across: Objective, up: Objective) -> None:
    trials, front, objectives = standing.trials, standing.front, standing.objectives
    axes.set_xlabel(_axis_label(across), parse_math=False)  # users name units, and a $ is a $
    axes.set_ylabel(_axis_label(up), parse_math=False)
    failed, stopped = sum(trial.failed for trial in trials), sum(trial.status == PRUNED for trial in trials)
    note = f", {stopped} stopped early" * (stopped > 0) + f", {failed} failed" * (failed > 0)
    seen = f" (seen in 2 of {len(objectives)} objectives)" if len(objectives) > 2 else ""
    axes.set_title(f"{len(front)} of {len(trials)} trials on the front{note}{seen}", fontsize=10, loc="left")
    if not front:
        axes.text(0.5, 0.5, "no complete trial", transform=axes.transAxes, ha="center", color=GREY)
        axes.set(ylim=(0, 1), yticks=[])
        if not trials:
            axes.set(xlim=(0, 1), xticks=[])
    if front and len(objectives) > 1:
        axes.plot(*_staircase(front, (across, up)).T, color=BLUE, linewidth=1.4, alpha=0.8, zorder=3)
    if front and up.unit == "%":
        dashes = (0, (4, 3))
        axes.axhline(0, color=BLACK, linewidth=0.8, linestyle=dashes, label="single-task networks", zorder=1)
    _scale(axes, across, up)
    axes.margins(x=0.08, y=0.12)


def _scatter(
    axes: Axes, look: _Look, points: Mapping[int, tuple[float, float]], transform: Transform
) -> dict[int, Place]:
    for index, (number, (x, y)) in enumerate(points.items()):
        axes.plot(
            [x],
            [y],
            linestyle="",
            marker=look.marker,
            markersize=look.size,
            color=look.colour,
            zorder=look.order,
            label=look.label if not index else "_",  # one entry in the legend for all of them
            gid=POINT.format(number),
            transform=transform,
        )
    return {number: Place(axes, point, transform) for number, point in points.items()}


def _ring(spot: Place) -> None:
    x, y = spot.at
    look: dict[str, Any] = {"marker": "o", "markersize": 11, "fillstyle": "none", "markeredgewidth": 1.6}
    spot.axes.plot([x], [y], color=ORANGE, zorder=5, transform=spot.transform, scalex=False, scaley=False, **look)


def _dense(line: np.ndarray) -> np.ndarray:
    """Points all along a line, (n, 2)."""
    steps = np.linspace(0, 1, 30)[:, None]
    return np.vstack([start + steps * (end - start) for start, end in pairwise(line)])


def _axes_of(objectives: Sequence[Objective]) -> tuple[Objective, Objective]:
    """What goes across and what goes up: costs across, so that the best corner is the upper left one."""
    if len(objectives) == 1:
        return NUMBER, objectives[0]
    first, second = objectives[:2]
    return (first, second) if first in (MACS, PARAMS) and second not in (MACS, PARAMS) else (second, first)


def _values(trials: Sequence[Trial], objective: Objective) -> list[float]:
    return [trial.number for trial in trials] if objective is NUMBER else collect_values(trials, objective)


def _staircase(front: Sequence[Trial], objectives: tuple[Objective, Objective]) -> np.ndarray:
    """Corners of the border between what is dominated and what is not, in the two objectives drawn, (n, 2)."""
    points = np.array([_values(front, objective) for objective in objectives]).T
    directions = [objective.direction for objective in objectives]
    points = points[pareto.mark_front(points, directions)]
    points = points[np.lexsort((points[:, 1], points[:, 0]))]
    # What a member dominates ends at its own height until the next one begins, or, where more across is
    # better, at the height of the next one.
    corners = [points[0]]
    for here, there in pairwise(points):
        across_first = objectives[0].direction != MAXIMISE
        corners.append(np.array([there[0], here[1]] if across_first else [here[0], there[1]]))
        corners.append(there)
    return np.array(corners)


def _scale(axes: Axes, across: Objective, up: Objective) -> None:
    from matplotlib.ticker import MaxNLocator

    for axis, objective in ((axes.xaxis, across), (axes.yaxis, up)):
        if objective in (MACS, PARAMS):
            count_ticks(axis)
        if objective is NUMBER:
            axis.set_major_locator(MaxNLocator(integer=True))


def _axis_label(objective: Objective) -> str:
    if objective is NUMBER:
        return "trial"
    better = ", higher is better" if objective.direction == MAXIMISE else ", lower is better"
    names = {"delta_mtl": "delta_mtl [% vs single-task]", "macs": "MACs of one image"}
    return names.get(objective.name, objective.label) + better


def count_ticks(axis: object) -> None:
    """Let an axis show counts with SI prefixes."""
    from matplotlib.ticker import EngFormatter

    axis.set_major_formatter(EngFormatter(sep=" "))  # type: ignore[attr-defined]  # an Axis; its class differs by side
