"""The figure of a search: the Pareto front among all trials, and the hypervolume as it grew.

Drawn for the report, once, and saved as a picture and for the page. Matplotlib is used without its global
state and without a display.
"""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from search.problem.objectives import format_value, volume_units
from search.report.figures import front_panel
from search.report.figures.palette import BLUE, LIGHT
from search.study.fronts.front import FrontView
from spaces.common.atomic_files import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Arrangement:
    """How the two panels stand.

    Args:
        inches: width and height.
        rows: of panels.
        shares: of the front's panel and of the other.
    """

    inches: tuple[float, float]
    rows: int
    shares: tuple[float, float]


BESIDE = Arrangement((11.0, 4.9), 1, (3, 2))
BELOW = Arrangement((7.4, 5.2), 2, (4, 1))  # for a page, where a card stands beside it


def draw_front_figure(view: FrontView, arrangement: Arrangement = BESIDE) -> Figure:
    """Draw front and hypervolume; the first two objectives span the front's panel."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # matplotlib: 1 s, only drawing wants it
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure = Figure(figsize=arrangement.inches)  # with a layout of its own it would be drawn twice for every file
    FigureCanvasAgg(figure)
    if arrangement.rows == 1:
        left, right = figure.subplots(1, 2, width_ratios=arrangement.shares)
    else:
        left, right = figure.subplots(2, 1, height_ratios=arrangement.shares)
    places = front_panel.draw_front_panel(left, right, view)
    _draw_hypervolume(right, view)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(color=LIGHT, linewidth=0.6)
        axes.set_axisbelow(True)
    _draw_legend(figure)
    # From here on the axes stay where they are, or labels would not stay beside their points.
    ConstrainedLayoutEngine().execute(figure)
    for axes in (left, right):
        front_panel.label_objective(axes, view, places)
    return figure


def save_png(path: Path, figure: Figure) -> None:
    """Write the figure as a picture, replacing an older one at one stroke."""
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=150)


def render_front_svg(figure: Figure) -> str:
    """The figure as an SVG document with a transparent ground; the same figure gives the same text."""
    from matplotlib import rc_context  # matplotlib: as above

    text = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "front"}):
        figure.savefig(text, format="svg", transparent=True, metadata=nothing)
    return text.getvalue()


def _draw_legend(figure: Figure) -> None:
    """In as few rows as its entries leave room for."""
    found = [axes.get_legend_handles_labels() for axes in figure.axes]
    handles = {label: handle for panel in found for handle, label in zip(*panel, strict=True)}
    style = {"fontsize": 8, "frameon": False}
    for columns in range(len(handles), 0, -1):
        legend = figure.legend(handles.values(), handles.keys(), loc="outside lower left", ncols=columns, **style)
        if legend.get_window_extent().width <= figure.bbox.width or columns == 1:
            break
        legend.remove()


def _draw_hypervolume(axes: Axes, view: FrontView) -> None:
    from matplotlib.ticker import MaxNLocator  # matplotlib: as above

    volumes, objectives = view.volumes, view.objectives
    end = max(len(volumes) + 0.5, 1.04 * len(volumes))  # or the last step were an upright line on the edge
    heights = np.append(0.0, volumes)
    finished = [*range(len(heights)), end]
    axes.step(finished, np.append(heights, heights[-1]), where="post", color=BLUE, linewidth=1.6)
    axes.set_xlim(0, end)
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("finished trials")
    axes.set_ylabel(f"hypervolume\n[{volume_units(objectives)}]", fontsize=8, parse_math=False)
    if volumes.max(initial=0.0) >= 1000:
        front_panel.count_ticks(axes.yaxis)
    if not volumes.any():
        axes.set(ylim=(0, 1), yticks=[0])
    point = ", ".join(f"{o.name} {format_value(o, value)}" for o, value in zip(objectives, view.reference, strict=True))
    title = "\n".join(textwrap.wrap(f"reference point: {point}", 60))
    axes.set_title(title, fontsize=9 if "\n" not in title else 8, loc="left", parse_math=False)
