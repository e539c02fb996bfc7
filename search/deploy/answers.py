"""From an exported network's scores to answers, and to pictures that a person can look at; without torch."""

from __future__ import annotations

from typing import Any

import numpy as np

from search.preview.contact_sheet import BLANK, list_colours
from spaces.drawing.proportions import find_proportion
from trainers.tasks import Task

COLOURS = "viridis"  # of a scale: our choice
Span = tuple[float, float]
"""Smallest and largest value."""


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
    figure = Figure(figsize=(9.0, max(2.4, 4.0 * find_proportion(height, width) + 0.4)), dpi=110, layout="constrained")
    axes: Any = figure.subplots(1, 2)
    for each, title in zip(axes, ("photo", task.name), strict=True):
        each.set_title(title, fontsize=9)
        each.set_axis_off()
    axes[0].imshow(photo, interpolation="nearest")
    draw_panel(axes[1], task, told, answer)
    return figure


def draw_panel(axes: Any, task: Task, told: dict[str, Any], answer: np.ndarray, shown: Span | None = None) -> None:
    """One image's answer in axes without frame: classes with a legend, values with a scale, labels in words.

    Args:
        axes: to draw in.
        task: whose answer it is.
        told: what is known of the task, as `search.deploy.told.tell_task` has it.
        answer: of one image, as networks give it, or a target in that layout, whose ids below the first are no class.
        shown: ends of the scale of values; None for those of the answer.
    """
    if not task.dense:
        axes.text(0.0, 0.5, _write(told, answer), va="center", fontsize=11, transform=axes.transAxes)
    elif told["classes"] is not None:
        _draw_classes(axes, told, answer)
    elif answer.ndim == 3:
        low, high = (-1.0, 1.0) if task.kind == "normals" else shown or _span(answer)
        channels = answer if answer.shape[-1] == 3 else np.repeat(answer[..., :1], 3, -1)
        axes.imshow(np.clip((channels - low) / max(high - low, 1e-12), 0, 1), interpolation="nearest")
    else:
        low, high = shown or _span(answer)
        picture = axes.imshow(answer, cmap=COLOURS, vmin=low, vmax=high, interpolation="nearest")
        # A user's unit may hold a $, which is no mathematics.
        bar = axes.figure.colorbar(picture, ax=axes, shrink=0.8)
        bar.set_label(task.answer_unit, parse_math=False)


def _span(values: np.ndarray) -> Span:
    """Smallest and largest of those that are known."""
    return (float(np.nanmin(values)), float(np.nanmax(values))) if np.isfinite(values).any() else (0.0, 1.0)


def _draw_classes(axes: Any, told: dict[str, Any], answer: np.ndarray) -> None:
    from matplotlib.patches import Patch  # matplotlib: as above

    first, names = int(told["first_class"] or 0), told["classes"]
    names = names if isinstance(names, list) else [str(first + index) for index in range(names)]
    colours = list_colours(len(names))
    place = answer - first
    axes.imshow(np.where((place < 0)[..., None], BLANK, colours[place]), interpolation="nearest")
    present = np.unique(place[place >= 0])
    patches = [Patch(color=colours[index], label=names[index]) for index in present]
    axes.legend(handles=patches, loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=7, frameon=False)


def _write(told: dict[str, Any], answer: np.ndarray) -> str:
    """The answer for a whole image in words."""
    names = told["classes"]
    if names is not None:
        place = int(answer) - int(told["first_class"] or 0)
        if place < 0:
            return "no label"
        return str(names[place]) if isinstance(names, list) else str(int(answer))
    attributes = told["fields"].get("attributes")
    values = np.atleast_1d(answer)
    labels = attributes if isinstance(attributes, list) else [str(index) for index in range(len(values))]
    return "\n".join(f"{label}: {value:.3g}" for label, value in zip(labels, values, strict=True))
