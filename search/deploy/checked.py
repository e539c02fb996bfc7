"""What a file tells of itself, seen to be what an export tells: it comes from strangers too, and may be damaged."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.deploy.format import LARGEST, SIDECAR
from spaces.common.atomic_files import as_mapping, read_json
from spaces.common.machine_faults import find_machine_fault
from spaces.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    from search.deploy.format import Run
    from trainers.tasks import Task

PARTS = ("version", "input", "tasks")  # of a description, whatever its version
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


def check_parts(told: Mapping[str, Any], path: Path) -> None:
    """See that a description has the parts that all have.

    Raises:
        DataError: some are missing, which are named.
    """
    if missing := [part for part in PARTS if part not in told]:
        raise DataError(_explain(path, f"it lacks {' and '.join(missing)}"))


def check_told(told: Mapping[str, Any], path: Path) -> None:
    """See that all is there that answers are made and drawn by.

    Raises:
        DataError: a part is missing or of another kind, which is named.
    """
    check_parts(told, path)
    tasks = told["tasks"]
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


def check_classes(tasks: Iterable[Task], told: Mapping[str, Any], path: Path) -> None:
    """See that classes are told as the tasks have them that are made of what is told.

    Raises:
        DataError: they are not, or the first one's id is another.
    """
    for task in tasks:
        said, classes = told["tasks"][task.name], getattr(task, "classes", None)
        own = {"classes": list(classes) if isinstance(classes, tuple) else classes}
        own |= {"first_class": getattr(task, "first_class", None)} if "first_class" in said else {}
        for part, value in own.items():
            if said.get(part) != value:
                found, wanted = (_shorten(each) for each in (said.get(part), value))
                what = f"task '{task.name[:40]}' has {part} {found}, and {wanted} among its fields"
                raise DataError(_explain(path, what))


def check_beside(told: Mapping[str, Any], path: Path) -> None:
    """See that a description that lies beside a file of the same export tells the same.

    Raises:
        DataError: it does not; the part is named.
    """
    beside = path.with_name(SIDECAR)
    try:
        other = as_mapping(read_json(beside)) if beside.is_file() else {}
        own = other["file"]["name"] == path.name
    except (DataError, KeyError, TypeError):  # of something else, or nothing that a file needs
        return
    for part in PARTS if own else ():
        if part in other and other[part] != told.get(part):
            raise DataError(
                f"{beside} and what {path.name} itself tells do not agree in '{part}'; one of them was changed, so "
                f"export the trial again, or move {beside.name} away, for the file alone answers too"
            )


def ask_network(
    run: Run, photo: np.ndarray, tasks: Sequence[Task], told: Mapping[str, Any], path: Path
) -> dict[str, np.ndarray]:
    """What a network gives of a photo, seen to be what the file says of its tasks.

    Args:
        run: the network.
        photo: ``(H, W, 3)`` uint8 RGB, of the size that the file tells.
        tasks: that the description tells.
        told: the description.
        path: of the file.

    Raises:
        DataError: it does not take such photos, a task has no answer, or one of another form than is told.
    """
    try:
        scores = run(photo[None])
    except Exception as error:  # each runtime has errors of its own
        if find_machine_fault(error):
            raise
        size = "x".join(map(str, photo.shape[:2]))
        raise DataError(_explain(path, f"its network does not take {size} pixels ({type(error).__name__})")) from error
    for task in tasks:
        if task.name not in scores:
            raise DataError(_explain(path, f"its network gives {', '.join(scores)}, and no '{task.name[:40]}'"))
        classed = told["tasks"][task.name].get("classes") is not None
        places = photo.shape[:2] if task.dense else ()
        wanted = (1, *places, *[task.channels] * (classed or task.channels > 1))
        if (found := scores[task.name].shape) != wanted:
            what = f"{task.channels} classes" if classed else f"answers of shape {_spell(wanted)}"
            given = f"{found[-1]}" if classed and found[:-1] == wanted[:-1] else f"an answer of shape {_spell(found)}"
            raise DataError(
                _explain(path, f"it tells {what} of task '{task.name[:40]}', and its network gives {given}")
            )
    return scores


def _spell(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape[1:])) or "1"


def _shorten(value: Any) -> str:
    return ", ".join(map(str, value))[:80] if isinstance(value, list) else str(value)[:80]


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
