"""Checks of raw arrays, shared by the task kinds' ``decode``: dtype, shape, invalid values, extent.

Torch-free and run before any search, so that a wrong array is one message here and not a NaN hours later. NaN
always counts as invalid.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NoReturn

import numpy as np

from spaces.errors import DataError
from spaces.fields import Fields

NUMBERS = "iuf"
"""NumPy dtype kinds of numbers."""
LABELS = "biuf"
"""NumPy dtype kinds of labels: booleans too."""

_in_parts: ContextVar[bool] = ContextVar("_in_parts", default=False)


@contextmanager
def in_parts() -> Iterator[None]:
    """Within it, arrays are parts of a split, such as one image: nothing in a part need be valid, or an edge."""
    token = _in_parts.set(True)
    try:
        yield
    finally:
        _in_parts.reset(token)


def may_be_empty() -> bool:
    """Whether an array without a valid value, or without an edge, is right."""
    return _in_parts.get()


def refuse(array: np.ndarray, where: str, problem: str, mend: str) -> NoReturn:
    """Raise a DataError that says where, what is wrong, what was given and how to mend it."""
    raise DataError(f"{where}: {problem} (given: {describe_array(array)}); {mend}")


def describe_array(array: np.ndarray) -> str:
    """Dtype, shape and extent for messages: ``uint16, shape (340, 96, 128), values 0..9870``."""
    text = f"{array.dtype}, shape {array.shape}"
    if array.dtype.kind not in LABELS or array.size == 0:
        return text
    finite = array[np.isfinite(array)]
    if finite.size == 0:
        return text + ", no finite value"
    return text + f", values {finite.min():g}..{finite.max():g}"


def one_layer(array: np.ndarray, where: str, dtypes: str = NUMBERS) -> np.ndarray:
    """View an array of one value a pixel as ``(N, H, W)``.

    Raises:
        DataError: wrong dtype, or neither (N, H, W) nor (N, H, W, 1) nor (N, 1, H, W), or empty.
    """
    _check_dtype(array, where, dtypes)
    _check_not_empty(array, where)
    if array.ndim == 4 and array.shape[3] == 1:
        array = array[..., 0]
    elif array.ndim == 4 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 3:
        coloured = array.ndim == 4 and array.shape[3] in (3, 4)
        mend = "; save a picture of colours as grey or with a palette, its ids being the values" if coloured else ""
        want = "want one value a pixel: (N, H, W), (N, H, W, 1) or (N, 1, H, W)"
        refuse(array, where, "wrong shape", want + mend)
    return array.view(np.uint8) if array.dtype.kind == "b" else array


def layers(array: np.ndarray, where: str, channels: int) -> np.ndarray:
    """View an array of ``channels`` values a pixel as ``(N, channels, H, W)``.

    Raises:
        DataError: wrong dtype, or neither (N, H, W, channels) nor (N, channels, H, W), or empty.
    """
    if channels == 1:
        return one_layer(array, where)[:, None]
    _check_dtype(array, where, NUMBERS)
    _check_not_empty(array, where)
    if array.ndim == 4 and array.shape[3] == channels:
        return array.transpose(0, 3, 1, 2)
    if array.ndim == 4 and array.shape[1] == channels:
        return array
    want = f"want {channels} values a pixel: (N, H, W, {channels}) or (N, {channels}, H, W)"
    refuse(array, where, "wrong shape", want)


def rows(array: np.ndarray, where: str, columns: int) -> np.ndarray:
    """View an array of ``columns`` labels an image as ``(N, columns)``; one label may stand alone, ``(N,)``.

    Raises:
        DataError: wrong dtype or shape, or empty.
    """
    _check_dtype(array, where, LABELS)
    _check_not_empty(array, where)
    wide = array[:, None] if array.ndim == 1 else array
    if wide.shape[1:] != (columns,):
        alone = "(N,) or " if columns == 1 else ""
        each = "one label an image" if columns == 1 else f"{columns} labels an image"
        refuse(array, where, "wrong shape", f"want {each}: {alone}(N, {columns})")
    return wide.view(np.uint8) if wide.dtype.kind == "b" else wide


def marked(array: np.ndarray, values: Sequence[float]) -> np.ndarray:
    """Mask of the entries that are NaN or equal one of the values."""
    mask = np.isnan(array) if array.dtype.kind == "f" else np.zeros(array.shape, bool)
    if array.dtype == np.float16:  # in which 65535 would be infinite
        array = array.astype(np.float32)
    for value in dict.fromkeys(values):
        # Whole values are compared as integers: against a float, an integer array would be copied to float64.
        whole = math.isfinite(value) and float(value).is_integer()
        mask |= array == (int(value) if whole else value)
    return mask


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


def refuse_unless_binary(
    array: np.ndarray, where: str, invalid: np.ndarray, states: tuple[str, str], marks: Sequence[float], mend: str
) -> None:
    """Refuse valid values other than 0 and 1.

    Args:
        array: values.
        where: names it.
        invalid: mask of its invalid values.
        states: what 0 and 1 mean.
        marks: the field ``invalid`` of the task.
        mend: what else may be done, or "".

    Raises:
        DataError: there are such values.
    """
    if ((array == 0) | (array == 1) | invalid).all():
        return
    other = np.setdiff1d(array[~invalid], (0, 1))
    shown = ", ".join(f"{value:g}" for value in other[:4]) + (", ..." if len(other) > 4 else "")
    problem = f"value {shown} where 0 ({states[0]}) and 1 ({states[1]}) are allowed"
    refuse(
        array, where, problem, f"add what marks missing labels to invalid (invalid: {[*marks, other[-1].item()]}){mend}"
    )


def check_invalid(fields: Fields, group: str, given: Any) -> tuple[float, ...]:
    """Coerce the field ``invalid`` of a task: nothing, one number or a list of numbers.

    NaN is dropped, for it is invalid anyway and would make equal specifications unequal.
    """
    values = () if given is None else given if is_list(given) else (given,)
    if not all(is_number(value) for value in values):
        fields.require(False, f"{group}.invalid={given}: want a number or a list of numbers")
        return ()
    return tuple(value for value in values if not math.isnan(value))


def is_number(value: Any) -> bool:
    """Whether it is an int or float, infinite and NaN included."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_list(value: Any) -> bool:
    """Whether it is a list of any kind, a text not included."""
    return isinstance(value, Sequence) and not isinstance(value, str)


def _check_dtype(array: np.ndarray, where: str, dtypes: str) -> None:
    if array.dtype.kind not in dtypes:
        want = "want integers or floats" + (" or booleans" if "b" in dtypes else "")
        refuse(array, where, "wrong dtype", want)


def _check_not_empty(array: np.ndarray, where: str) -> None:
    if array.size == 0:
        refuse(array, where, "empty array", "want at least one image")
