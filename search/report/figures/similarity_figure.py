"""The figure of a grouping: how alike the tasks are in each decoder stage, and who is fused there."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from search.jobs.trial import Trial
from spaces.common.atomic_files import replacing
from spaces.drawing.one_line import describe_in_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

    from spaces.pattern.stage import Partition

FUSED = "#e8701a"  # far from the blues of the map
CELL = 0.55  # inches; room for "-0.04"
LETTER = 0.09  # inches; about the mean width of a letter of a task's name
LEAST = 4.2  # inches; narrower or lower, title and colour scale have no room


def draw_similarity(
    path: Path,
    title: str,
    tasks: Sequence[str],
    matrices: Sequence[Sequence[Sequence[float]]],
    groups: Sequence[Partition],
) -> None:
    """Write the figure as PNG, replacing an older one at one stroke.

    Args:
        path: where to.
        title: printed above the panels.
        tasks: T names, in the order of the rows.
        matrices: one T x T matrix of similarities a decoder stage, as `trainers.similarity` finds them.
        groups: one partition a decoder stage, finer from stage to stage; an empty one where nothing was decided.
    """
    with replacing(path) as temporary:
        make_figure(title, tasks, matrices, groups).savefig(temporary, format="png", dpi=150)


def make_figure(
    title: str,
    tasks: Sequence[str],
    matrices: Sequence[Sequence[Sequence[float]]],
    groups: Sequence[Partition],
) -> Figure:
    """One heat map a stage with its numbers; tasks that are fused stand side by side, in a box."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # matplotlib: 1 s, only drawing wants it
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine
    from matplotlib.patches import Patch

    order = _order_rows(tasks, groups)
    names = [tasks[row] for row in order]
    columns = len(matrices) if len(matrices) <= 3 else math.ceil(len(matrices) / 2)
    rows = math.ceil(len(matrices) / columns)
    figure = Figure(
        figsize=_measure_inches(names, rows, columns), layout=ConstrainedLayoutEngine(h_pad=0.08, w_pad=0.08)
    )
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False)
    for index, panel in enumerate(axes.flat):
        if index >= len(matrices):
            panel.set_axis_off()
            continue
        image = _draw_panel(panel, np.asarray(matrices[index], dtype=np.float64)[np.ix_(order, order)], names)
        panel.set_title(f"decoder stage {index + 1}", fontsize=10)
        panel.tick_params(labelleft=index % columns == 0)
        _draw_boxes(panel, names, groups[index])
    scale = figure.colorbar(image, ax=axes, fraction=0.04, aspect=30)
    scale.set_label("similarity (debiased CKA)", fontsize=9)
    scale.ax.tick_params(labelsize=8)
    box = Patch(facecolor="none", edgecolor=FUSED, linewidth=2, label="fused in this stage")
    figure.legend(handles=[box], loc="outside lower right", fontsize=9, frameon=False)
    figure.suptitle("\n".join(textwrap.wrap(title, int(figure.get_figwidth() / LETTER) - 4)), fontsize=11)
    return figure


def _order_rows(tasks: Sequence[str], groups: Sequence[Partition]) -> list[int]:
    """Rows in an order that keeps the members of every group together; partitions that get finer have one."""
    homes = [{task: group for group in partition for task in group} for partition in groups]
    return sorted(range(len(tasks)), key=lambda row: ([home.get(tasks[row], ()) for home in homes], tasks[row]))


def _measure_inches(names: Sequence[str], rows: int, columns: int) -> tuple[float, float]:
    panel = CELL * len(names) + 0.3
    label = LETTER * max(map(len, names))
    width = columns * panel + label + 1.4  # the colour scale
    height = rows * (panel + 0.3 + 0.6 * label) + 0.9  # the title and the legend
    return max(LEAST, width), max(LEAST, height)


def _draw_panel(axes: Axes, values: np.ndarray, names: Sequence[str]) -> AxesImage:
    image = axes.imshow(values, cmap="Blues", vmin=0, vmax=1)
    for (row, column), value in np.ndenumerate(values):
        ink = "white" if value > 0.6 else "black"
        text = f"{value:.2f}".replace("-0.00", "0.00")
        axes.text(column, row, text, ha="center", va="center", fontsize=8, color=ink)
    places = range(len(names))
    axes.set_xticks(places, names, rotation=40, ha="right", rotation_mode="anchor", fontsize=9)
    axes.set_yticks(places, names, fontsize=9)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return image


def _draw_boxes(axes: Axes, names: Sequence[str], partition: Partition) -> None:
    from matplotlib.patches import Rectangle  # matplotlib: as above

    for group in partition:
        if len(group) > 1:
            first = min(map(names.index, group)) - 0.5
            side = len(group)
            axes.add_patch(
                Rectangle((first, first), side, side, fill=False, edgecolor=FUSED, linewidth=2.5, clip_on=False)
            )


FOLDER = "similarity"


def draw_missing(folder: Path, trials: Iterable[Trial]) -> list[Path]:
    """Draw what has not been drawn yet; the groups shown are those that the trial was trained with.

    Args:
        folder: the run folder; pictures are `similarity/0012.png`.
        trials: finished trials, those without similarities among them.

    Returns:
        All pictures, by number of the trial.
    """
    drawn = []
    for trial in sorted(trials, key=lambda trial: trial.number):
        found = trial.findings.get("similarity", {})
        if "stages" not in found:
            continue
        path = folder / FOLDER / f"{trial.number:04d}.png"
        if not path.exists():
            groups = [stage.groups for stage in trial.pattern.decoder]
            title = f"trial {trial.number}: {describe_in_line(trial.pattern)}"
            draw_similarity(path, title, found["tasks"], found["stages"], groups)
        drawn.append(path)
    return drawn
