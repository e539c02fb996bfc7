"""The keys ``map`` and ``valid``: the class of every stored id, and what of the stored values counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from spaces.errors import DataError
from trainers.data.specs.bounds import Bounds, find_mark, mark_raw
from trainers.tasks import Task
from trainers.tasks.class_ids import WHOLE, tell_fractions
from trainers.tasks.valid_values import find_beyond, list_marks, put_mark

Pairs = tuple[tuple[int, int], ...]


class Told(Protocol):
    """What a specification says of stored values."""

    @property
    def map(self) -> Pairs:
        """Class by stored id; empty for none."""

    @property
    def valid(self) -> Bounds | None:
        """Smallest and largest stored value that count, or None."""


@dataclass(frozen=True)
class Reading:
    """The same as values.

    Args:
        map: class by stored id; empty for none.
        valid: smallest and largest stored value that count, or None.
    """

    map: Pairs = ()
    valid: Bounds | None = None


def parse_map(where: str, given: Any, problems: list[str]) -> Pairs:
    """Check what is said of classes; nothing where nothing is.

    Args:
        where: the place in the specification, for messages.
        given: what is said there.
        problems: gets whatever is wrong.
    """
    if given is None:
        return ()
    pairs = (
        list(enumerate(given)) if isinstance(given, list) else list(given.items()) if isinstance(given, Mapping) else []
    )
    if not pairs or not all(type(key) is int and type(value) is int for key, value in pairs):
        problems.append(f"{where}.map={given!r}: want the class of every stored id, a list from id 0 or a mapping")
        return ()
    return tuple(pairs)


def read_stored(raw: np.ndarray, told: Told, task: Task, where: str) -> np.ndarray:
    """Stored values, marked where they are beyond the key ``valid`` and then mapped, as a specification says.

    Raises:
        DataError: an id within the bounds has no class.
    """
    if told.valid is None or not told.map:
        return mark_raw(map_ids(raw, told, task, where), told.valid, task)
    beyond, mark = find_beyond(raw, told.valid), find_mark(task)
    assert mark is not None  # the specification is refused without one
    classes = map_ids(raw[~beyond], told, task, where)
    mapped = np.zeros(raw.shape, classes.dtype)
    mapped[~beyond] = classes
    return put_mark(mapped, beyond, mark)


def moves_bounds(told: Told, task: Task) -> bool:
    """Whether bounds on classes, as they once were read, tell another thing than those on stored ids."""
    if told.valid is None:
        return False
    (low, high), marks = told.valid, list_marks(task)
    return any((low <= id <= high) != (low <= number <= high) and number not in marks for id, number in told.map)


def map_ids(raw: np.ndarray, told: Told, task: Task, where: str) -> np.ndarray:
    """Stored ids as classes; ids that mark invalid pixels may stay.

    Raises:
        DataError: an id without a class.
    """
    if not told.map:
        return raw
    table = dict(told.map)
    keep = set(list_marks(task))
    present = np.unique(raw)
    beyond = [value.item() for value in present if value not in table and value not in keep and value == value]
    if odd := [value for value in beyond if not float(value).is_integer()]:
        raise DataError(f"{where}: {tell_fractions(odd)}; {WHOLE}")
    if beyond:
        shown = ", ".join(f"{value:g}" for value in beyond[:8]) + (", ..." if len(beyond) > 8 else "")
        raise DataError(
            f"{where}: id {shown} has no class in map (ids {min(table)}..{max(table)}); add it to map, with a class or "
            f"with one of invalid ({', '.join(f'{value:g}' for value in sorted(keep)) or 'none'})"
        )
    classes = np.array([table.get(value, value) for value in present.tolist()])
    return classes[np.searchsorted(present, raw)]
