"""The figure of a search: the Pareto front among all trials, and the hypervolume as it grew.

Drawn for the report; matplotlib is imported here only, without its global state and without a display.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from search import pareto
from search.atomic import replacing
from search.brief import shown
from search.objectives import MACS, MAXIMISE, PARAMS, Objective

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from search.trial import Trial

BLUE, GREY, LIGHT = "#1f5fa8", "#9aa3ad", "#d9dee3"
INCHES = (11.0, 4.6)
NUMBER = Objective("trial", "", MAXIMISE)  # stands in where there is one objective only


def draw(
    path: Path,
    trials: Sequence[Trial],
    front: Sequence[Trial],
    objectives: Sequence[Objective],
    reference: Sequence[float],
) -> None:
    """Write the figure as PNG, replacing an older one at one stroke.

    Args:
        path: where to.
        trials: all trials, in order of number.
        front: those on the Pareto front.
        objectives: what was optimised; the first two span the left panel.
        reference: reference point of the hypervolume.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=INCHES, layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    _front(left, trials, front, objectives)
    _hypervolume(right, trials, objectives, reference)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(color=LIGHT, linewidth=0.6)
        axes.set_axisbelow(True)
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=150)


def _front(axes: Axes, trials: Sequence[Trial], front: Sequence[Trial], objectives: Sequence[Objective]) -> None:
    across, up = _axes_of(objectives)
    axes.set_xlabel(_axis_label(across))
    axes.set_ylabel(_axis_label(up))
    failed = sum(not trial.complete for trial in trials)
    note = f", {failed} failed" if failed else ""
    seen = f" (seen in 2 of {len(objectives)} objectives)" if len(objectives) > 2 else ""
    axes.set_title(f"{len(front)} of {len(trials)} trials on the front{note}{seen}", fontsize=10, loc="left")
    members = {trial.number for trial in front}
    others = [trial for trial in trials if trial.complete and trial.number not in members]
    axes.scatter(_values(others, across), _values(others, up), s=26, color=GREY, label="dominated", zorder=2)
    axes.scatter(_values(front, across), _values(front, up), s=46, color=BLUE, label="Pareto front", zorder=4)
    if not front:
        axes.text(0.5, 0.5, "no complete trial", transform=axes.transAxes, ha="center", color=GREY)
        axes.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
        return
    if len(objectives) > 1:
        axes.plot(*_staircase(front, (across, up)), color=BLUE, linewidth=1.4, alpha=0.8, zorder=3)
    if up.unit == "%":
        dashes = (0, (4, 3))
        axes.axhline(0, color="black", linewidth=0.8, linestyle=dashes, label="single-task networks", zorder=1)
    _label_members(axes, front, across, up)
    _scale(axes, across, up)
    axes.margins(x=0.08, y=0.12)
    axes.legend(fontsize=8, frameon=False, loc="best")


def _hypervolume(
    axes: Axes, trials: Sequence[Trial], objectives: Sequence[Objective], reference: Sequence[float]
) -> None:
    from matplotlib.ticker import MaxNLocator

    values = np.array([_values(trials, objective) for objective in objectives]).T
    volumes = pareto.history(values, reference, [o.direction for o in objectives])
    finished = np.arange(len(volumes) + 1)
    axes.step(finished, np.append(0.0, volumes), where="post", color=BLUE, linewidth=1.6)
    axes.set_xlim(0, max(1, len(volumes)))
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("finished trials")
    units = " x ".join(o.unit or o.name for o in objectives)
    axes.set_ylabel(f"hypervolume [{units}]")
    if volumes.max(initial=0.0) >= 1000:
        _count_ticks(axes.yaxis)
    if not volumes.any():
        axes.set(ylim=(0, 1), yticks=[0])
    point = ", ".join(f"{o.name} {shown(o, value)}" for o, value in zip(objectives, reference, strict=True))
    title = "\n".join(textwrap.wrap(f"reference point: {point}", 60))
    axes.set_title(title, fontsize=9 if "\n" not in title else 8, loc="left")


def _axes_of(objectives: Sequence[Objective]) -> tuple[Objective, Objective]:
    """What goes across and what goes up: costs across, so that the best corner is the upper left one."""
    if len(objectives) == 1:
        return NUMBER, objectives[0]
    first, second = objectives[:2]
    return (first, second) if first in (MACS, PARAMS) and second not in (MACS, PARAMS) else (second, first)


def _values(trials: Sequence[Trial], objective: Objective) -> list[float]:
    if objective is NUMBER:
        return [trial.number for trial in trials]
    return [trial.objectives.get(objective.name, np.nan) if trial.complete else np.nan for trial in trials]


def _staircase(front: Sequence[Trial], objectives: tuple[Objective, Objective]) -> tuple[np.ndarray, np.ndarray]:
    """Corners of the border between what is dominated and what is not, in the two objectives drawn."""
    points = np.array([_values(front, objective) for objective in objectives]).T
    directions = [objective.direction for objective in objectives]
    points = points[pareto.front(points, directions)]
    points = points[np.lexsort((points[:, 1], points[:, 0]))]
    # What a member dominates ends at its own height until the next one begins, or, where more across is
    # better, at the height of the next one.
    corners = [points[0]]
    for here, there in pairwise(points):
        across_first = objectives[0].direction != MAXIMISE
        corners.append(np.array([there[0], here[1]] if across_first else [here[0], there[1]]))
        corners.append(there)
    line = np.array(corners)
    return line[:, 0], line[:, 1]


def _label_members(axes: Axes, front: Sequence[Trial], across: Objective, up: Objective) -> None:
    for trial, x, y in zip(front, _values(front, across), _values(front, up), strict=True):
        axes.annotate(
            str(trial.number),
            (x, y),
            xytext=(-4, 5),
            textcoords="offset points",
            ha="right",
            fontsize=8,
            color=BLUE,
        )


def _scale(axes: Axes, across: Objective, up: Objective) -> None:
    from matplotlib.ticker import MaxNLocator

    for axis, objective in ((axes.xaxis, across), (axes.yaxis, up)):
        if objective in (MACS, PARAMS):
            _count_ticks(axis)
        if objective is NUMBER:
            axis.set_major_locator(MaxNLocator(integer=True))


def _axis_label(objective: Objective) -> str:
    if objective is NUMBER:
        return "trial"
    better = ", higher is better" if objective.direction == MAXIMISE else ", lower is better"
    names = {"delta_mtl": "delta_mtl [% vs single-task]", "macs": "MACs of one image"}
    return names.get(objective.name, objective.label) + better


def _count_ticks(axis: object) -> None:
    from matplotlib.ticker import EngFormatter

    axis.set_major_formatter(EngFormatter(sep=" "))  # type: ignore[attr-defined]  # an Axis; its class differs by side
