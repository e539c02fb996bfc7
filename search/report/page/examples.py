"""Predictions beside labels on a few validation images: a small picture a network, and what its colours mean."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from search.preview.contact_sheet import list_colours
from search.preview.data_summary import summarise_split
from search.report.page.keyed_sheet import read_sheet, save_keyed_sheet
from search.results.labels import arrange_labels
from search.results.results import Results
from search.study.run_config import CONFIG, read_config
from spaces.errors import UserError

if TYPE_CHECKING:
    from search.jobs.trial import Trial
    from trainers.tasks.task import Task

IMAGES = 4
TILE = 96  # pixels of the longer side of a picture in the sheet: our choice
GAP = 3
MOST = 2_000_000  # bytes of pictures that a page holds, so that it stays one small file: our choice
FILE = "predictions.png"


@dataclass(frozen=True)
class Examples:
    """Pictures of networks.

    Args:
        columns: what stands in them, from the left.
        keys: colours of classes and ends of scales, by task.
        pictures: addresses that hold them, by number of the trial.
        full: whether some found no room.
    """

    columns: Sequence[str] = ()
    keys: Mapping[str, Any] = field(default_factory=dict)
    pictures: Mapping[int, str] = field(default_factory=dict)
    full: bool = False


NO_EXAMPLES = Examples()


def draw_examples(folder: Path, members: Sequence[Trial]) -> Examples:
    """Pictures of networks, kept in the folders of those that have one and drawn once; none where data are not there.

    Args:
        folder: of the run, with the folders of what is delivered.
        members: in the order of their weight, for a page takes no more than some megabytes.
    """
    if not members or not (folder / CONFIG).is_file():
        return NO_EXAMPLES
    try:
        run = Results(folder, read_config(folder))
        tasks = [task for task in run.tasks if task.dense]
        seen = summarise_split(run.data, "val", IMAGES).arrays
    except (UserError, OSError):
        return NO_EXAMPLES
    labels = arrange_labels(seen, tasks)
    columns = ["image", *(f"{task.name}, {kind}" for task in tasks for kind in _list_kinds(task, labels))]
    keys = {task.name: _explain(task, labels) for task in tasks}
    pictures: dict[int, str] = {}
    for trial in members:
        place = folder / "front" / f"{trial.number}-{trial.key}"
        with TemporaryDirectory() as without:  # what is not delivered has no folder
            file = (place if place.is_dir() else Path(without)) / FILE
            try:
                content = read_sheet(file) if _is_fresh(file) else None
                if content is None:
                    answers = run.predict(trial.number, seen.images)
                    save_keyed_sheet(file, _arrange(tasks, seen.images, answers, labels), columns, keys)
                    content = read_sheet(file) or b""
            except (UserError, OSError, RuntimeError):  # the last of a GPU that is full: a report does without
                continue
        if sum(map(len, pictures.values())) + 4 * len(content) / 3 > MOST:
            return Examples(columns, keys, pictures, full=True)
        pictures[trial.number] = "data:image/png;base64," + base64.b64encode(content).decode()
    return Examples(columns, keys, pictures) if pictures else NO_EXAMPLES


def _is_fresh(picture: Path) -> bool:
    weights = picture.with_name("weights.pt")
    return picture.exists() and weights.exists() and picture.stat().st_mtime >= weights.stat().st_mtime


def _list_kinds(task: Task, labels: Mapping[str, np.ndarray]) -> tuple[str, ...]:
    return ("predicted", "label") if task.name in labels else ("predicted",)


def _arrange(
    tasks: Sequence[Task], images: np.ndarray, answers: Mapping[str, np.ndarray], labels: Mapping[str, np.ndarray]
) -> np.ndarray:
    """A row an image, the image first: (height, width, 3) uint8."""
    rows = []
    for index, image in enumerate(images):
        tiles = [image]
        for task in tasks:
            for kind in _list_kinds(task, labels):
                values = (answers if kind == "predicted" else labels)[task.name]
                tiles.append(_colour(task, values[index], labels.get(task.name, answers[task.name])))
        edges = ((GAP, 0), (GAP, 0), (0, 0))
        rows.append(np.hstack([np.pad(_shrink(tile), edges, constant_values=255) for tile in tiles]))
    return np.vstack(rows)


def _colour(task: Task, answer: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Colours of one answer, uint8: of classes, of a scale from the least to the largest label, of directions."""
    from matplotlib import colormaps  # matplotlib: 0.2 s, only drawing wants it

    first = getattr(task, "first_class", None)
    if first is not None:
        place = answer.astype(int) - first
        colours = list_colours(max(_count_classes(task), int(place.max()) + 1))
        return (255 * np.where((place < 0)[..., None], 0.0, colours[np.maximum(place, 0)])).astype(np.uint8)
    low, high = (-1.0, 1.0) if task.kind == "normals" else _find_ends(scale)
    share = np.clip((np.nan_to_num(answer) - low) / max(high - low, 1e-12), 0, 1)
    if answer.ndim == 3:
        share = share if answer.shape[-1] == 3 else np.repeat(share[..., :1], 3, -1)
        unknown = np.isnan(answer).any(-1)
    else:
        unknown, share = np.isnan(answer), colormaps["viridis"](share)[..., :3]
    return (255 * np.where(unknown[..., None], 0.0, share)).astype(np.uint8)


def _find_ends(values: np.ndarray) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)


def _count_classes(task: Task) -> int:
    classes: Any = getattr(task, "classes", 0)
    return classes if isinstance(classes, int) else len(classes)


def _explain(task: Task, labels: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """What the colours of a task mean: names by colour, or the ends of a scale with their unit."""
    if getattr(task, "first_class", None) is not None:
        classes: Any = getattr(task, "classes", 0)
        names = [str(index) for index in range(classes)] if isinstance(classes, int) else [*map(str, classes)]
        colours = [f"rgb({','.join(str(int(255 * part)) for part in each)})" for each in list_colours(len(names))]
        return {"classes": [list(pair) for pair in zip(names, colours, strict=True)]}
    if task.kind == "normals":
        return {"words": "x, y, z as red, green, blue"}
    low, high = _find_ends(labels.get(task.name, np.empty(0)))
    return {"low": float(f"{low:.3g}"), "high": float(f"{high:.3g}"), "unit": task.answer_unit}


def _shrink(tile: np.ndarray) -> np.ndarray:
    from PIL import Image  # pillow: 0.1 s, only drawing wants it

    height, width = tile.shape[:2]
    share = min(1.0, TILE / max(height, width))
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return np.asarray(Image.fromarray(tile).resize(size, Image.Resampling.NEAREST))
