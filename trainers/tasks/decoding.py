"""Layouts of raw arrays, shared by the task kinds' ``decode``: checks of dtype and shape, and one view for all of them.

Torch-free and run before any search, so that a wrong array is one message here and not a NaN hours later; its values
are looked at in `trainers.tasks.valid_values`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NoReturn

import numpy as np

from spaces.errors import DataError

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
    elif _is_grey(array):
        array = array[..., 0]
    if array.ndim != 3:
        coloured = array.ndim == 4 and array.shape[3] in (3, 4)
        way = "as grey or with a palette, its ids being the values" if dtypes == LABELS else "as one channel of numbers"
        mend = f"; save a picture of colours {way}" if coloured else ""
        if array.ndim == 4 and array.shape[3] in (2, 4) and array.dtype == np.uint8:
            mend += f"{', and' if coloured else '; save it'} without an alpha channel"
        want = "want one value a pixel: (N, H, W), (N, H, W, 1) or (N, 1, H, W)"
        refuse(array, where, "wrong shape", want + mend)
    return read_bits(array) if array.dtype.kind == "b" else array


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
    if array.ndim == 4 and array.shape[3] == channels + 1 and array.dtype == np.uint8:
        want += "; save it without an alpha channel"
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
    return read_bits(wide) if wide.dtype.kind == "b" else wide


def read_bits(array: np.ndarray) -> np.ndarray:
    """Booleans as 0 and 1; those that Pillow makes of 1-bit files have 255 in memory where they are true."""
    return (array.view(np.uint8) != 0).view(np.uint8)


def _is_grey(array: np.ndarray) -> bool:
    """Whether it is grey saved as colours, as WebP has no other way: one value thrice."""
    if array.ndim != 4 or array.shape[3] != 3 or array.dtype != np.uint8:
        return False
    return bool((array[..., 0] == array[..., 1]).all() and (array[..., 0] == array[..., 2]).all())


def _check_dtype(array: np.ndarray, where: str, dtypes: str) -> None:
    if array.dtype.kind not in dtypes:
        want = "want integers or floats" + (" or booleans" if "b" in dtypes else "")
        refuse(array, where, "wrong dtype", want)


def _check_not_empty(array: np.ndarray, where: str) -> None:
    if array.size == 0:
        refuse(array, where, "empty array", "want at least one image")
