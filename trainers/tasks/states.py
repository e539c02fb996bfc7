"""Two states, stored as 0 and 1: what is said of arrays that hold other values, and how such are read."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from trainers.tasks.decoding import refuse

SHOWN = 4
"""Values in a message."""


def refuse_unless_binary(
    array: np.ndarray, where: str, invalid: np.ndarray, states: tuple[str, str], marks: Sequence[float], *, bound: bool
) -> None:
    """Refuse valid values other than 0 and 1.

    Args:
        array: values.
        where: names it.
        invalid: mask of its invalid values.
        states: what 0 and 1 mean.
        marks: the field ``invalid`` of the task.
        bound: whether the task has a field ``threshold``.

    Raises:
        DataError: there are such values.
    """
    if ((array == 0) | (array == 1) | invalid).all():
        return
    values = np.unique(array[~invalid]).tolist()
    mend = mend_states(values, find_seen(array, marks), states, marks) if bound else _mark(values, marks)
    refuse(array, where, tell_states(values, states), mend)


def tell_states(values: Sequence[float], states: tuple[str, str]) -> str:
    """What is wrong with valid values that are not all 0 and 1."""
    other = [value for value in values if value not in (0, 1)]
    shown = ", ".join(f"{value:g}" for value in other[:SHOWN]) + (", ..." if len(other) > SHOWN else "")
    return f"value {shown} where 0 ({states[0]}) and 1 ({states[1]}) are allowed"


def mend_states(values: Sequence[float], seen: Sequence[float], states: tuple[str, str], marks: Sequence[float]) -> str:
    """How to have values read as two states.

    Args:
        values: that count, in order.
        seen: those of ``marks`` that are there.
        states: what 0 and 1 mean.
        marks: the field ``invalid`` of the task.
    """
    if 1 in values and 0 in values and len(values) == 3:  # the two states are there, and something else
        return f"{_mark(values, marks)}, or say threshold: T to read values above T as 1"
    low, *others = values if len(values) > 1 else (0, *values)
    high = others[-1]
    if len(others) > 2:
        read = f"say threshold: {_between(low, high)}, or another number, above which values are 1 ({states[1]})"
        return f"{read}; or {_mark(values, marks)}"
    read = f"say threshold: {_between(others[-2] if len(others) == 2 else low, high)} to read {high:g} as 1"
    if len(others) == 2:
        return f"{read} ({states[1]}), and invalid: {[*marks, others[0]]} if {others[0]:g} marks missing labels"
    if above := [mark for mark in seen if mark > high]:
        rest = [*(mark for mark in marks if mark not in above), high]
        other = f"threshold: {_between(high, above[0])} and invalid: {rest} if {above[0]:g} means {states[1]}"
        return f"{read} ({states[1]}), or {other} and {high:g} marks missing labels"
    return f"{read} ({states[1]})"


def mend_nothing(seen: Sequence[float], states: tuple[str, str], marks: Sequence[float]) -> str:
    """How to have something read as 1, where nothing is.

    Args:
        seen: those of ``marks`` that are there.
        states: what 0 and 1 mean.
        marks: the field ``invalid`` of the task.
    """
    above = [mark for mark in seen if mark > 0]
    if not above:
        return "check the array and the field 'threshold'"
    rest = [mark for mark in marks if mark not in above]
    return (
        f"{above[-1]:g} is there and counts as missing; say invalid: {rest} and threshold: {_between(0, above[-1])} if "
        f"it means {states[1]}"
    )


def find_seen(array: np.ndarray, marks: Sequence[float]) -> list[float]:
    """The marks that an array holds, in order."""
    return sorted(mark for mark in marks if (array == mark).any())


def _mark(values: Sequence[float], marks: Sequence[float]) -> str:
    return f"add what marks missing labels to invalid (invalid: {[*marks, values[-1]]})"


def _between(low: float, high: float) -> float:
    """A number between two, a whole one where there is one."""
    middle = (low + high) / 2
    whole = math.floor(middle)
    return whole if low <= whole < high else middle
