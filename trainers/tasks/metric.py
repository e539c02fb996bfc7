"""What a task's numbers mean: name, unit, and which way is better.

Consumers (Delta_MTL, tables, plots) read the direction from here and never guess a sign.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """One number that a task reports over a whole split.

    Args:
        name: unique within the task; letters, digits and ``_ . -`` only, as MLflow accepts.
        unit: of the value, e.g. "m"; "fraction" for shares from 0 to 1.
        higher_is_better: direction.
    """

    name: str
    unit: str
    higher_is_better: bool


def ratio(part: float, whole: float, *, of_nothing: float = math.nan) -> float:
    """``part / whole``, and ``of_nothing`` for 0/0."""
    return part / whole if whole else of_nothing
