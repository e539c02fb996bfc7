"""Class ids as arrays hold them, one a pixel or one an image: the fields that describe them, and their reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from spaces.fields import Fields
from trainers.tasks.decoding import refuse
from trainers.tasks.valid_values import check_invalid, find_extent, is_list, marked

WHOLE = (
    "want whole class ids: such numbers come of resizing or smoothing (resize masks by nearest neighbour alone), of "
    "dividing by the largest id (multiply by it again), or of no classes (kind: regression); save whole numbers"
)
"""How to mend others."""
INVALID = -1
"""Marks what has no class, in canonical targets."""


@runtime_checkable
class Classed(Protocol):
    """A task with classes: the fields that say how its arrays hold them, and what it knows of itself."""

    @property
    def classes(self) -> int | tuple[str, ...]:
        """How many, or their names."""

    @property
    def first_class(self) -> int:
        """Id of the first."""

    @property
    def invalid(self) -> tuple[float, ...]:
        """Ids that mark what has no class."""

    @property
    def channels(self) -> int:
        """How many classes."""

    @property
    def group(self) -> str:
        """Prefix of messages."""

    @property
    def place(self) -> str:
        """What has a class."""


def check_classes(fields: Fields, task: Classed) -> None:
    """Check and coerce the fields ``classes``, ``first_class`` and ``invalid`` of a task."""
    if is_list(task.classes):
        fields.names("classes", at_least=2)
    elif isinstance(task.classes, int):
        fields.integer("classes", low=2, high=np.iinfo(np.int16).max)
    else:
        want = "want the number of classes, or a list of their names"
        fields.require(False, f"{task.group}.classes={task.classes}: {want}")
    fields.integer("first_class", low=0, high=np.iinfo(np.int32).max - np.iinfo(np.int16).max)
    object.__setattr__(task, "invalid", check_invalid(fields, task.group, task.invalid))


def count_of(classes: int | Sequence[str]) -> int:
    """How many classes are meant."""
    return classes if isinstance(classes, int) else len(classes)


def name_class(classes: int | Sequence[str], target: np.ndarray) -> str:
    """Name of the class that one canonical id means, its number where classes have no names, "?" of an invalid one."""
    number = int(target)
    return "?" if number < 0 else str(number) if isinstance(classes, int) else classes[number]


def find_only(task: Classed, targets: np.ndarray) -> str | None:
    """The one class that all valid canonical ids have, in words; None of several."""
    present = np.unique(targets[targets != INVALID])
    if len(present) != 1:
        return None
    only = int(present[0])
    return str(only + task.first_class) + ("" if isinstance(task.classes, int) else f" ({task.classes[only]})")


def read_ids(raw: np.ndarray, array: np.ndarray, where: str, task: Classed) -> np.ndarray:
    """Canonical ids, int16 from 0, -1 where invalid.

    Args:
        raw: of integers, booleans or whole floats.
        array: as given, for messages.
        where: names the array in messages.
        task: with the fields ``first_class`` and ``invalid``; its channels are the classes.

    Raises:
        DataError: no valid id, one beyond the classes, or one that is not whole.
    """
    invalid = marked(raw, task.invalid)
    low, high = find_extent(raw, invalid, array, where, task.invalid, task.place)
    if fractions := find_fractions(raw, task):
        refuse(array, where, tell_fractions(fractions), WHOLE)
    last = task.first_class + task.channels - 1
    if low < task.first_class or high > last:
        _refuse_ids(array, where, raw[~invalid], task, last)
    # The valid ids fit int32 now. The invalid ones may not: integers are cut off, floats must not be cast.
    if raw.dtype.kind == "f":
        raw = np.where(invalid, task.first_class, raw)
    classes = (raw.astype(np.int32) - task.first_class).astype(np.int16)
    np.copyto(classes, INVALID, where=invalid)
    return classes


def _refuse_ids(array: np.ndarray, where: str, ids: np.ndarray, task: Classed, last: int) -> None:
    present = np.unique(ids)
    beyond = present[(present < task.first_class) | (present > last)]
    refuse(
        array,
        where,
        tell_beyond(beyond.tolist(), task),
        f"add what marks unlabelled {task.place}s to invalid (invalid: {[*task.invalid, beyond[-1].item()]}), "
        "raise classes, say first_class: 1 where ids start at 1, or give each id its class (map: in a specification)",
    )


def find_fractions(raw: np.ndarray, task: Classed) -> list[float]:
    """Valid values of an array that are finite and no whole numbers, in order."""
    if raw.dtype.kind != "f":
        return []
    odd = (raw != np.floor(raw)) & np.isfinite(raw) & ~marked(raw, task.invalid)
    return [float(value) for value in np.unique(raw[odd])] if odd.any() else []


def tell_fractions(fractions: Sequence[float]) -> str:
    """What is wrong with ids that are no whole numbers."""
    shown = ", ".join(f"{value:g}" for value in fractions[:4]) + (", ..." if len(fractions) > 4 else "")
    return f"class ids are not whole numbers, such as {shown}"


def tell_beyond(beyond: Sequence[float], task: Classed) -> str:
    """What is wrong with ids beyond the classes."""
    shown = ", ".join(f"{value:g}" for value in beyond[:8]) + (", ..." if len(beyond) > 8 else "")
    last = task.first_class + task.channels - 1
    return f"class id {shown} beyond the {task.channels} classes {task.first_class}..{last}"
