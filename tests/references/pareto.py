"""The front by its definition: compare every pair of rows."""

from __future__ import annotations

from collections.abc import Sequence


def dominates(one: Sequence[float], other: Sequence[float], directions: Sequence[str]) -> bool:
    """Whether one row is nowhere worse and somewhere better."""
    signs = [1.0 if direction == "maximise" else -1.0 for direction in directions]
    gains = [sign * (a - b) for sign, a, b in zip(signs, one, other, strict=True)]
    return all(gain >= 0 for gain in gains) and any(gain > 0 for gain in gains)


def front(rows: Sequence[Sequence[float]], directions: Sequence[str]) -> list[int]:
    """Indices of the rows that no other row dominates."""
    return [index for index, row in enumerate(rows) if not any(dominates(other, row, directions) for other in rows)]
