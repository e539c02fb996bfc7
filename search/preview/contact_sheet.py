"""A picture of a data set: a few images of every split with their targets beside them, as training gets them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from search.preview.data_summary import Seen
from spaces.drawing.proportions import find_proportion
from trainers.tasks import Task

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EACH = 2
"""Images of a split."""
WIDTH = 2.6
"""Of a picture [inch]."""
BLANK = 0.0
"""Colour of invalid pixels: black."""


def draw_contact_sheet(path: Path, title: str, tasks: Sequence[Task], seen: Sequence[Seen]) -> None:
    """Write the picture.

    Args:
        path: of the PNG.
        title: above it.
        tasks: in the order of the columns; those whose target is the image have none.
        seen: samples by split, from which a few are taken.
    """
    from matplotlib.figure import Figure  # matplotlib: 0.4 s of start-up

    shown = [task for task in tasks if not task.target_from_image]
    picks = [(each, int(row)) for each in seen for row in np.linspace(0, len(each.arrays) - 1, EACH).round()]
    picks = list(dict.fromkeys(picks))
    height, width = seen[0].arrays.images.shape[1:3]
    size = (WIDTH * (1 + len(shown)), (WIDTH * find_proportion(height, width) + 0.25) * len(picks) + 0.5)
    figure = Figure(figsize=size, dpi=110, layout="constrained")
    figure.suptitle(title)
    grid: Any = figure.subplots(len(picks), 1 + len(shown), squeeze=False)
    for axes, (each, row) in zip(grid, picks, strict=True):
        _plain(axes[0], each.arrays.images[row], f"{each.split} {row + 1} of {len(each.arrays)} seen")
        for place, task in zip(axes[1:], shown, strict=True):
            target = each.arrays.targets[task.name][row]
            if not task.dense:
                _plain(place, each.arrays.images[row], f"{task.name}: {task.describe(target)}")
            else:
                _plain(place, colour_target(task, target, each.arrays.targets[task.name]), task.name)
                _explain(place, task, target, each.arrays.targets[task.name])
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def colour_target(task: Task, target: np.ndarray, others: np.ndarray) -> np.ndarray:
    """``(H, W, 3)`` colours in [0, 1] of one dense canonical target, black where it is invalid.

    Args:
        task: whose it is.
        target: ``(H, W)`` or ``(C, H, W)``.
        others: all that are shown, ``(N, ...)``, which share one scale.
    """
    from matplotlib import colormaps  # 0.2 s, and other parts of a search draw nothing

    shown = task.depict(target[None])[0]
    if shown.ndim == 3:
        picture = shown
    elif shown.dtype.kind in "iu":
        ids = np.maximum(shown, 0)
        picture = list_colours(int(ids.max()) + 1)[ids]
    else:
        low, high = task.find_range(others)
        picture = colormaps["viridis"]((np.nan_to_num(shown) - low) / max(high - low, 1e-12))[..., :3]
    return np.where(task.find_invalid(target[None])[0][..., None], BLANK, picture)


def list_colours(count: int) -> np.ndarray:
    """``(count, 3)`` colours in [0, 1], neighbours far apart: hues by the golden ratio."""
    from matplotlib.colors import hsv_to_rgb  # matplotlib: 0.4 s of start-up

    numbers = np.arange(count)
    hue = (numbers * 0.61803398875) % 1
    return hsv_to_rgb(np.stack([hue, 0.55 + 0.4 * (numbers % 2), 1 - 0.2 * (numbers % 3)], axis=1))


def _explain(axes: Axes, task: Task, target: np.ndarray, others: np.ndarray) -> None:
    """Names of classes beside their colours, or a scale with its unit; nothing of directions and pictures."""
    shown = task.depict(target[None])[0]
    if shown.ndim == 3:
        return
    # matplotlib: as above
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.patches import Patch

    if shown.dtype.kind in "iu":
        names: Any = getattr(task, "classes", None)
        colours = list_colours(int(shown.max(initial=0)) + 1)
        told = [str(names[row]) if isinstance(names, (tuple, list)) else str(row) for row in range(len(colours))]
        present = np.unique(shown[shown >= 0])
        patches = [Patch(color=colours[row], label=told[row]) for row in present]
        axes.legend(handles=patches, loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=7, frameon=False)
    else:
        scale = ScalarMappable(Normalize(*task.find_range(others)), "viridis")
        axes.figure.colorbar(scale, ax=axes, shrink=0.8).set_label(task.answer_unit, parse_math=False)


def _plain(axes: Axes, picture: np.ndarray, title: str) -> None:
    axes.imshow(picture, interpolation="nearest")
    axes.set_title(title, fontsize=8)
    axes.set_axis_off()
