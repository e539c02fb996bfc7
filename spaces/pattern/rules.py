"""Checks of the fields of mixings and exchanges, each with its message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spaces.errors import PatternError


def check_fraction(name: str, value: Any) -> None:
    """A number from 0 to 1 (PatternError)."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise PatternError(f"{name}={value}: want a number from 0 to 1")


def check_whole(name: str, value: Any, low: int) -> None:
    """A whole number not below a bound (PatternError)."""
    if isinstance(value, bool) or not isinstance(value, int) or value < low:
        raise PatternError(f"{name}={value}: want a whole number >= {low}")


def check_word(name: str, value: Any, allowed: Sequence[str]) -> None:
    """One of the allowed words (PatternError)."""
    if value not in allowed:
        raise PatternError(f"{name} '{value}' is unknown: want one of {', '.join(allowed)}")
