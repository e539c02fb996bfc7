"""Values of a continuous target that look like markers of what is missing, which nobody named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

import numpy as np

from trainers.tasks.valid_values import TOPS, marked

FAR = 4
"""How many times as far from all others as these are from each other a frequent value is, to look like a marker."""
OFTEN = 10
"""Pixels that make a value frequent: our choice, as the others here."""
CLEAR = 0.1
"""Of a value that marks more often than it means something, the share of itself that it has to be away from others."""
NINES = re.compile(r"9{3,}|1e\+[2-9]\d|1e\+\d{3}")
"""What else is written where nothing is known: nines, and powers of ten that nothing has."""
LIMITS = (2**15, 2**31, 2**63, float(np.finfo(np.float32).max), float(np.finfo(np.float64).max))
"""Sizes of the smallest values of types, and the largest of floats, which marks are made of, too."""


def remark_markers(
    name: str, arrays: Sequence[np.ndarray], invalid: Sequence[float], scale: float, offset: float, unit: str
) -> list[str]:
    """What to tell of them.

    Args:
        name: of the task.
        arrays: as stored.
        invalid: values that are known to mark what is missing.
        scale: factor on the stored values, for what they count as.
        offset: added after it.
        unit: of the outcome.
    """
    valid = [array[np.isfinite(array) & ~marked(array, tuple(invalid))] for array in arrays]
    values = find_markers(valid)
    if not values:
        return []
    others = [each[~marked(each, values)] for each in valid]
    low, high = _extent(others)
    apart = f"far from all others ({low:g}..{high:g})" if low <= high else "and there are no others"
    kind = np.result_type(*arrays)
    count, size = sum(_count(valid, value) for value in values), sum(array.size for array in arrays)
    share = 100 * count / size
    shown = " and ".join(_write(value, kind) for value in values)
    read = " and ".join(f"{value * scale + offset:.6g}" for value in values)
    known = [_write(float(value), kind) for value in dict.fromkeys([*invalid, *values])]
    return [
        f"task {name!r}: {share:{'.2g' if share < 99 else '.3g'}} % of the values looked at are {shown}, {apart}, "
        f"and count as {read}{unit and ' '}{unit}: if that marks what is missing, say invalid: "
        f"[{', '.join(known)}]"
    ]


def find_markers(arrays: Sequence[np.ndarray]) -> list[float]:
    """The values, outermost first.

    Such a value is the smallest or the largest. It is known for a marker and not near others; or it is frequent, and
    alone below 0, or farther from all others than these are from each other. Of fewer than three others only what is
    written where nothing is known, such as -9999, can be told, and so where there are no others.

    Args:
        arrays: finite values, those that are named as invalid left out.
    """
    found: list[float] = []
    while True:
        rest = [array[~marked(array, found)] for array in arrays] if found else list(arrays)
        low, high = _extent(rest)
        inner = [array[(array > low) & (array < high)] for array in rest]
        second, last = _extent(inner)
        if not second < last:  # NaN of none
            return found + _find_known(low, high, second)
        cases = (((high,), low, last), ((low,), second, high), ((low, high), second, last))
        new = (some for some, least, most in cases if all(_is_far(rest, value, least, most) for value in some))
        more = next(new, ())
        if not more:
            return found
        found += more


def _find_known(low: float, high: float, middle: float) -> list[float]:
    """The ends of three values or fewer, NaN where there is none between, that are known for markers."""
    inner = [value for value in (middle,) if value == value]
    if not low < high:
        return [low] if _is_known(low) else []
    known = [value for value, others in ((low, [*inner, high]), (high, [low, *inner])) if _stands_apart(value, others)]
    # Each of two may be one beside the other: the less usual value is.
    return known if inner or len(known) < 2 else [max(known, key=abs)]


def _stands_apart(value: float, others: Sequence[float]) -> bool:
    return _is_known(value) and min(abs(value - other) for other in others) >= CLEAR * abs(value)


def _is_known(value: float) -> bool:
    """Whether a value is written where nothing is known; 255 is not, for masks of two states have it."""
    size = abs(value)
    written = NINES.fullmatch(f"{size:.16g}") is not None
    return written or size in LIMITS or (size in TOPS and size > np.iinfo(np.uint8).max)


def _is_far(arrays: Sequence[np.ndarray], value: float, low: float, high: float) -> bool:
    """Whether a value looks like a marker beside others from ``low`` to ``high``."""
    gap = low - value if value < low else value - high
    size = abs(value)
    usual = size in TOPS or size in LIMITS or NINES.fullmatch(f"{size:.16g}") is not None
    if usual and gap >= CLEAR * size:
        return True
    return (gap >= FAR * (high - low) or value < 0 <= low) and _count(arrays, value) >= OFTEN


def _extent(arrays: Sequence[np.ndarray]) -> tuple[float, float]:
    """Smallest and largest of all values; NaN if there are none."""
    ends = list(chain.from_iterable((float(each.min()), float(each.max())) for each in arrays if each.size))
    return (min(ends), max(ends)) if ends else (float("nan"), float("nan"))


def _count(arrays: Sequence[np.ndarray], value: float) -> int:
    return sum(int(marked(array, (value,)).sum()) for array in arrays)


def _write(value: float, kind: np.dtype) -> str:
    """A number as a specification holds it, short where the arrays hold no more digits."""
    if value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    text = repr(value) if kind.itemsize > 4 else str(np.float32(value))
    digits, sign, power = text.partition("e")
    return f"{digits}{'' if '.' in digits else '.0'}{sign}{power}"  # without a dot YAML takes it for a text
