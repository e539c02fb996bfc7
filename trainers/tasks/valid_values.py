"""Valid and invalid values of raw arrays, shared by the task kinds' ``decode``; NaN always counts as invalid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol, TypeGuard, runtime_checkable

import numpy as np

from spaces.fields import Fields
from trainers.tasks.decoding import may_be_empty, refuse

TOPS = (255, 2**15 - 1, 65504, 65535, 2**31 - 1, 2**32 - 1)  # 65504: of half precision
"""The largest values of a type, which mark what is not known more often than they mean something."""


@runtime_checkable
class Marking(Protocol):
    """A task whose arrays mark what is invalid by certain values."""

    @property
    def invalid(self) -> Sequence[object]:
        """The values; numbers, of a kind with one value a place."""


def list_marks(task: object) -> list[float]:
    """The numbers that mark what is invalid in the arrays of a task; none of a kind that marks it otherwise."""
    return [mark for mark in task.invalid if is_number(mark)] if isinstance(task, Marking) else []


def marked(array: np.ndarray, values: Sequence[float]) -> np.ndarray:
    """Mask of the entries that are NaN or equal one of the values; a value that the type cannot hold equals none."""
    mask = np.isnan(array) if array.dtype.kind == "f" else np.zeros(array.shape, bool)
    if half := array.dtype == np.float16:  # in which 65535 would be infinite
        array = array.astype(np.float32)
    with np.errstate(over="ignore"):  # of a value too large for the type
        for value in dict.fromkeys(map(_round_half, values) if half else values):
            # Whole values are compared as integers: against a float, an integer array would be copied to float64.
            whole = math.isfinite(value) and float(value).is_integer()
            mask |= array == (int(value) if whole else value)
    return mask


def mark_beyond(array: np.ndarray, valid: tuple[float, float], value: float) -> np.ndarray:
    """The array with a marker where it is NaN or beyond two bounds, of a wider type where its own cannot hold that."""
    return put_mark(array, find_beyond(array, valid), value)


def find_beyond(array: np.ndarray, valid: tuple[float, float]) -> np.ndarray:
    """Where an array is NaN or beyond two bounds."""
    low, high = valid
    with np.errstate(over="ignore", invalid="ignore"):  # of bounds that the type cannot hold
        return np.asarray(~((array >= low) & (array <= high)))


def put_mark(array: np.ndarray, places: np.ndarray, value: float) -> np.ndarray:
    """The array with a marker in some places, of a wider type where its own cannot hold that."""
    with np.errstate(over="ignore", invalid="ignore"):  # of markers that the type cannot hold
        held = np.asarray(value).astype(array.dtype)
        kind = array.dtype if held.item() == value else np.result_type(array.dtype, np.min_scalar_type(value))
        return np.where(places, np.asarray(value).astype(kind), array.astype(kind, copy=False))


def _round_half(value: float) -> float:
    """A value as float16 stores it; itself where that would be infinite."""
    rounded = float(np.float16(value))
    return rounded if math.isfinite(rounded) else value


def find_extent(
    raw: np.ndarray, invalid: np.ndarray, array: np.ndarray, where: str, marks: Sequence[Any], place: str = "pixel"
) -> tuple[float, float]:
    """Smallest and largest of the valid values of an array, one a ``place``; NaN if a part of a split has none.

    Args:
        raw: the values.
        invalid: which of them are not valid.
        array: as given, for messages.
        where: names it.
        marks: the field ``invalid`` of the task.
        place: what has one value.

    Raises:
        DataError: there is no valid value in a whole split, or an infinite one.
    """
    values = raw[~invalid] if invalid.any() else raw  # picking is the slowest step here, and most arrays are whole
    if values.size == 0 and may_be_empty():
        return math.nan, math.nan
    if values.size == 0:
        problem = f"no valid {place} (invalid values: {list(dict.fromkeys(marks)) or 'none named'})"
        refuse(array, where, problem, "check the array and the field 'invalid'")
    low, high = float(values.min()), float(values.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        refuse(array, where, "infinite values", "replace them, or add .inf or -.inf to the field 'invalid'")
    return low, high


def check_invalid(fields: Fields, group: str, given: Any) -> tuple[float, ...]:
    """Coerce the field ``invalid`` of a task: nothing, one number or a list of numbers.

    NaN is dropped, for it is invalid anyway and would make equal specifications unequal.
    """
    values = () if given is None else given if is_list(given) else (given,)
    if not all(is_number(value) for value in values):
        fields.require(False, f"{group}.invalid={given}: want a number or a list of numbers")
        return ()
    return tuple(value for value in values if not math.isnan(value))


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether it is an int or float, infinite and NaN included."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_list(value: Any) -> bool:
    """Whether it is a list of any kind, a text not included."""
    return isinstance(value, Sequence) and not isinstance(value, str)
