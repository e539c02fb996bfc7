"""What a file tells of itself, seen to be what an export tells: it comes from strangers too, and may be damaged."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.deploy.format import LARGEST
from spaces.common.machine_faults import find_machine_fault
from spaces.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    from search.deploy.format import Run

DEEP = 100_000_000  # characters that a description may have: our choice, thousands of times what they have


def parse_told(text: str, path: Path) -> dict[str, Any]:
    """The description in a file, whatever its version.

    Raises:
        DataError: it is no mapping in JSON.
    """
    try:
        told = json.loads(text) if len(text) <= DEEP else None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise DataError(_explain(path, "it is no mapping in JSON"))
    return told


def check_told(told: Mapping[str, Any], path: Path) -> None:
    """See that all is there that answers are made and drawn by.

    Raises:
        DataError: a part is missing or of another kind, which is named.
    """
    tasks = told.get("tasks")
    if not isinstance(tasks, dict) or not tasks:
        raise DataError(_explain(path, "it has no tasks"))
    for name, task in tasks.items():
        for part, fits in TASK.items():
            if not isinstance(task, dict) or not fits(task.get(part)):
                raise DataError(_explain(path, f"task '{name[:40]}' has no {part} that can be read"))
    order = told.get("outputs", list(tasks))
    if not isinstance(order, list) or sorted(map(str, order)) != sorted(tasks):
        raise DataError(_explain(path, "its outputs are not its tasks"))
    size = told["input"].get("size") if isinstance(told.get("input"), dict) else None
    if not isinstance(size, list) or len(size) != 2 or not all(_is_whole(each, 1, LARGEST) for each in size):
        raise DataError(_explain(path, "it does not tell the size of its images"))


def ask_network(run: Run, photo: np.ndarray, told: Mapping[str, Any], path: Path) -> dict[str, np.ndarray]:
    """What a network gives of a photo, seen to be what the file says of its tasks.

    Args:
        run: the network.
        photo: ``(H, W, 3)`` uint8 RGB, of the size that the file tells.
        told: the description.
        path: of the file.

    Raises:
        DataError: it does not take such photos, a task has no answer, or other classes than are told.
    """
    try:
        scores = run(photo[None])
    except Exception as error:  # each runtime has errors of its own
        if find_machine_fault(error):
            raise
        size = "x".join(map(str, photo.shape[:2]))
        raise DataError(_explain(path, f"its network does not take {size} pixels ({type(error).__name__})")) from error
    for name, task in told["tasks"].items():
        if name not in scores:
            raise DataError(_explain(path, f"its network gives {', '.join(scores)}, and no '{name[:40]}'"))
        classes = task["classes"]
        count = len(classes) if isinstance(classes, list) else classes
        if count is not None and (scores[name].ndim < 2 or scores[name].shape[-1] != count):
            raise DataError(_explain(path, f"its network does not give {count} classes of '{name[:40]}'"))
    return scores


def _is_whole(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_classes(value: Any) -> bool:
    listed = isinstance(value, list) and len(value) > 0 and all(isinstance(each, str) for each in value)
    return value is None or listed or _is_whole(value, 1, LARGEST)


TASK: Mapping[str, Callable[[Any], bool]] = {  # what a task is told by, and what that may be
    "kind": lambda value: isinstance(value, str),
    "fields": lambda value: isinstance(value, dict),
    "classes": _is_classes,
    "first_class": lambda value: value is None or _is_whole(value, 0, LARGEST),
}


def _explain(path: Path, what: str) -> str:
    return (
        f"{path} does not tell what python -m search.export writes into a file: {what}; it was damaged or changed, so "
        "export the trial again"
    )
