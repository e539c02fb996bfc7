"""From an exported network's scores to answers, and to pictures that a person can look at; without torch."""

from __future__ import annotations

from typing import Any

import numpy as np

from search.preview.contact_sheet import list_colours
from trainers.tasks import Task

COLOURS = "viridis"  # of a scale: our choice


def answer_scores(told: dict[str, Any], scores: np.ndarray) -> np.ndarray:
    """Answers of a batch: ids of the likeliest classes as the data have them, else the scores themselves."""
    if told["classes"] is None:
        return scores
    return scores.argmax(-1).astype(np.int32) + int(told["first_class"] or 0)


def draw_answer(task: Task, told: dict[str, Any], answer: np.ndarray, photo: np.ndarray) -> Any:
    """A figure of one image and one task's answer: classes with a legend, values with a scale, words for labels.

    Args:
        task: whose answer it is.
        told: what the file tells of the task.
        answer: of one image.
        photo: ``(H, W, 3)`` uint8, as the network saw it.
    """
    from matplotlib.figure import Figure  # matplotlib: 0.4 s of start-up

    height, width = photo.shape[:2]
    figure = Figure(figsize=(9.0, max(2.4, 4.0 * height / width + 0.4)), dpi=110, layout="constrained")
    axes: Any = figure.subplots(1, 2)
    for each, title in zip(axes, ("photo", task.name), strict=True):
        each.set_title(title, fontsize=9)
        each.set_axis_off()
    axes[0].imshow(photo, interpolation="nearest")
    if not task.dense:
        axes[1].text(0.0, 0.5, _write(told, answer), va="center", fontsize=11, transform=axes[1].transAxes)
    elif told["classes"] is not None:
        _draw_classes(axes[1], told, answer)
    elif answer.ndim == 3:
        low, high = (-1.0, 1.0) if task.kind == "normals" else (float(answer.min()), float(answer.max()))
        channels = answer if answer.shape[-1] == 3 else np.repeat(answer[..., :1], 3, -1)
        axes[1].imshow(np.clip((channels - low) / max(high - low, 1e-12), 0, 1), interpolation="nearest")
    else:
        shown = axes[1].imshow(answer, cmap=COLOURS, interpolation="nearest")
        figure.colorbar(shown, ax=axes[1], shrink=0.8)
    return figure


def _draw_classes(axes: Any, told: dict[str, Any], answer: np.ndarray) -> None:
    from matplotlib.patches import Patch  # matplotlib: as above

    first, names = int(told["first_class"] or 0), told["classes"]
    names = names if isinstance(names, list) else [str(first + index) for index in range(names)]
    colours = list_colours(len(names))
    axes.imshow(colours[answer - first], interpolation="nearest")
    present = np.unique(answer - first)
    patches = [Patch(color=colours[index], label=names[index]) for index in present]
    axes.legend(handles=patches, loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=7, frameon=False)


def _write(told: dict[str, Any], answer: np.ndarray) -> str:
    """The answer for a whole image in words."""
    names = told["classes"]
    if names is not None:
        place = int(answer) - int(told["first_class"] or 0)
        return str(names[place]) if isinstance(names, list) else str(int(answer))
    attributes = told["fields"].get("attributes")
    values = np.atleast_1d(answer)
    labels = attributes if isinstance(attributes, list) else [str(index) for index in range(len(values))]
    return "\n".join(f"{label}: {value:.3g}" for label, value in zip(labels, values, strict=True))
