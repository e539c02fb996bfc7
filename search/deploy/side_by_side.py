"""What a network says about images beside what their labels say: one figure, for notebooks."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from search.deploy.answers import Span, draw_panel
from spaces.drawing.proportions import find_proportion
from trainers.tasks import Task

WIDTH = 2.4  # of a picture [inch]: our choice
DOTS = 90  # per inch: our choice


@dataclass(frozen=True)
class SideBySide:
    """The figure, which a notebook shows.

    Args:
        figure: matplotlib's own, to be saved or changed.
        title: what it shows, where nothing can be drawn.
    """

    figure: Any
    title: str

    def _repr_png_(self) -> bytes:
        written = io.BytesIO()
        self.figure.savefig(written, format="png", dpi=DOTS)
        return written.getvalue()

    def __repr__(self) -> str:
        return f"{self.title}; .figure.savefig(FILE) writes it"


def draw_side_by_side(
    title: str,
    tasks: Sequence[tuple[Task, dict[str, Any]]],
    images: np.ndarray,
    answers: Mapping[str, np.ndarray],
    targets: Mapping[str, np.ndarray],
) -> SideBySide:
    """A row an image: the image, then a task's prediction and its label, on one scale for all images.

    Args:
        title: above all.
        tasks: each with what `search.deploy.told.tell_task` tells of it.
        images: (N, H, W, 3) uint8 RGB.
        answers: by task, of a network.
        targets: by task, in the layout of answers; NaN and -1 where nothing is known. Tasks that learn the image itself
            have none.
    """
    from matplotlib.figure import Figure  # matplotlib: 0.4 s of start-up

    columns = [(task, told, kind) for task, told in tasks for kind in ("predicted", "label")]
    columns = [each for each in columns if each[2] == "predicted" or each[0].name in targets]
    height, width = images.shape[1:3]
    size = (WIDTH * (1 + 1.2 * len(columns)), (WIDTH * find_proportion(height, width) + 0.25) * len(images) + 0.5)
    figure = Figure(figsize=size, layout="constrained")
    figure.suptitle(title, parse_math=False)
    grid: Any = figure.subplots(len(images), 1 + len(columns), squeeze=False)
    for row, axes in enumerate(grid):
        axes[0].imshow(images[row], interpolation="nearest")
        axes[0].set_title("image", fontsize=8)
        for place, (task, told, kind) in zip(axes[1:], columns, strict=True):
            values = (answers if kind == "predicted" else targets)[task.name]
            draw_panel(place, task, told, values[row], _find_scale(task, answers, targets))
            place.set_title(f"{task.name}, {kind}", fontsize=8)
        for place in axes:
            place.set_axis_off()
    return SideBySide(figure, title)


def _find_scale(task: Task, answers: Mapping[str, np.ndarray], targets: Mapping[str, np.ndarray]) -> Span:
    """Ends of what is known and what is predicted, outliers of predictions apart where there are labels."""
    values = targets.get(task.name, answers[task.name])
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
