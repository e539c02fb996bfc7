"""What to do about stored ids beyond the classes: the table of those that were seen, as a specification has it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from trainers.tasks.class_ids import Classed
from trainers.tasks.valid_values import TOPS, marked

MOST_IDS = 64
"""Ids in a table that is shown."""


def list_ids(raw: np.ndarray, task: Classed) -> set[int]:
    """The whole ids of an array that mark nothing."""
    values = np.unique(raw[~marked(raw, task.invalid)]).tolist()
    return {int(value) for value in values if math.isfinite(value) and float(value).is_integer()}


def mend_ids(ids: Sequence[int], task: Classed, seen: Sequence[int] = ()) -> str:
    """How to mend a specification.

    Args:
        ids: those that were seen and mark nothing, in order; one of them at least beyond the classes.
        task: whose classes they are beyond.
        seen: marks of what has no class that were seen, in order.
    """
    count, first = task.channels, task.first_class
    beyond = [value for value in ids if not first <= value < first + count]
    # No program numbers classes below zero; the largest of a stored type is what many leave where nothing is.
    marks = [value for value in beyond if value < 0 or value in TOPS]
    listed = [*task.invalid, *(marks or beyond[-1:])]
    mark = f"add what marks unlabelled {task.place}s to invalid (invalid: {listed})"
    if first == 0 and list(ids) == list(range(1, count + 1)):
        return "say first_class: 1, for ids start at 1"
    if len(ids) > MOST_IDS:
        return f"{len(ids)} different ids were seen: are they classes? Else draw or export the masks anew"
    if len(ids) == count:
        order = f"say map: {write_map(ids, first)} if these are the classes in this order"
        if beyond != marks or count == 2:
            return order
        return f"{mark}, or {order}" if marks[-1] < 0 else f"{order}, or {mark}"
    if seen and len(ids) + len(seen) == count:
        table, out = write_map(sorted((*ids, *seen)), first), ", ".join(map(str, seen))
        return f"say map: {table} if these are the classes in this order, and take {out} out of invalid; or {mark}"
    if marks and len(ids) == count + len(marks):
        others = [value for value in ids if value not in marks]
        order = f", and say map: {write_map(others, first)} if the others are the classes in this order"
        return mark if beyond == marks else mark + order
    if len(beyond) == 1:
        return f"{mark}, raise classes, give it a class with map, or say first_class: 1 where ids start at 1"
    more = f"name {len(ids)} classes and " if len(ids) > count else ""
    return f"{more}say map: {write_map(ids, first)} if these are the classes in this order; or {mark}, or raise classes"


def list_values(raws: Sequence[np.ndarray]) -> list[float]:
    """The different values of some arrays, but NaN, in order."""
    values = {value for raw in raws for value in np.unique(raw).tolist()}
    return sorted(value for value in values if value == value)


def mend_one_class(values: Sequence[float], task: Classed, place: str, *, mapped: bool) -> str:
    """How to mend a specification by which there is one class alone.

    Args:
        values: that are stored, those that mark what has no class too.
        task: which is read so.
        place: of the values, as the specification calls it.
        mapped: whether it has a map.
    """
    if len(values) == task.channels and not mapped:
        table = write_map([int(value) for value in values], task.first_class)
        marks = ", ".join(f"{mark:g}" for mark in task.invalid if mark in values)
        out = f", and take {marks} out of invalid" if marks else ""
        return f"say map: {table} if these are the classes in this order{out}"
    return f"check {place}, map and invalid"


def write_map(ids: Sequence[int], first: int) -> str:
    """Classes in the order of the ids, as the key ``map`` has them."""
    return "{" + ", ".join(f"{value}: {number}" for number, value in enumerate(ids, first)) + "}"
