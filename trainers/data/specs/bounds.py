"""The key ``valid``: smallest and largest stored value that count; what lies beyond is invalid and not mapped."""

from __future__ import annotations

from typing import Any

import numpy as np

from trainers.tasks import Task
from trainers.tasks.valid_values import is_number, list_marks, mark_beyond

Bounds = tuple[float, float]


def parse_bounds(where: str, given: Any, problems: list[str]) -> Bounds | None:
    """Check what is said; None where nothing is.

    Args:
        where: the place in the specification, for messages.
        given: what is said there.
        problems: gets whatever is wrong.
    """
    if given is None:
        return None
    if not (isinstance(given, list) and len(given) == 2 and all(map(is_number, given))):
        problems.append(f"{where}.valid={given!r}: want [LOWEST, HIGHEST] of the stored values that count")
        return None
    return given[0], given[1]


def check_mark(name: str, task: Task, problems: list[str]) -> None:
    """Collect that a task with bounds has no number that marks what is invalid."""
    if find_mark(task) is None:
        problems.append(f"tasks.{name}.valid: kind {task.kind!r} needs a number in invalid beside it")


def find_mark(task: Task) -> float | None:
    """A number that the task takes for invalid."""
    return next(iter(list_marks(task)), None)


def mark_raw(raw: np.ndarray, bounds: Bounds | None, task: Task) -> np.ndarray:
    """Stored values, those beyond the bounds as the task's invalid ones."""
    if bounds is None:
        return raw
    mark = find_mark(task)
    assert mark is not None  # the specification is refused without one
    return mark_beyond(raw, bounds, mark)
