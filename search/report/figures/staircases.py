"""Borders between what networks reach and what they do not, as lines of the front's panel."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from search.problem import pareto
from search.problem.objectives import MAXIMISE, Objective
from search.report.figures.palette import BLACK
from search.study.fronts.front import FrontView

DASHES = ((8, 2, 1.5, 2), (1, 2))  # of what shares of seeds reach; plain dashes are the single-task networks'

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D


def trace_front(points: np.ndarray, objectives: tuple[Objective, Objective]) -> np.ndarray:
    """Corners of the border between what points (n, 2) dominate and what not, in the two objectives drawn."""
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


def draw_attainment(axes: Axes, view: FrontView, drawn: tuple[Objective, Objective]) -> list[Line2D]:
    """What shares of the fresh seeds reach, where two objectives span the plane."""
    if len(view.objectives) != 2:
        return []
    lines = []
    columns = [view.objectives.index(objective) for objective in drawn]
    for (share, points), dots in zip(view.attained.items(), DASHES, strict=False):
        label = f"{share} % of fresh seeds reach"
        line = trace_front(points[:, columns], drawn).T
        lines += axes.plot(*line, color=BLACK, linewidth=1.1, linestyle=(0, dots), alpha=0.7, zorder=3, label=label)
    return lines


def extend_lines(axes: Axes, lines: Sequence[Line2D], drawn: tuple[Objective, Objective]) -> None:
    """Lead lines on to the edges of the panel, whose limits are set: one of a single corner is seen by that alone.

    What is worse than a corner is reached as well. A line that is nowhere within the panel is left out.
    """
    from matplotlib.path import Path  # matplotlib: 1 s, only drawing wants it
    from matplotlib.transforms import Bbox  # matplotlib: as above

    limits = np.array([axes.get_xlim(), axes.get_ylim()])
    for line in lines:
        corners = np.asarray(line.get_xydata())
        ends = np.vstack([limits.T, corners])
        worst = [
            (np.max if each.direction != MAXIMISE else np.min)(row) for each, row in zip(drawn, ends.T, strict=True)
        ]
        aside, along = (0, -1) if drawn[0].direction == MAXIMISE else (-1, 0)
        beyond = {aside: (worst[0], corners[aside][1]), along: (corners[along][0], worst[1])}
        whole = np.vstack([beyond[0], corners, beyond[-1]])
        if Path(whole).intersects_bbox(Bbox(limits.T), filled=False):
            line.set_data(*whole.T)
        else:
            line.remove()
