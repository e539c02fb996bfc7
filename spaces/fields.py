"""Checks and coercion of the fields of configuration dataclasses, in one place.

A frozen configured dataclass calls this from ``__post_init__``; every problem is collected and reported at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar, Protocol, runtime_checkable

from spaces.errors import ConfigError


@runtime_checkable
class InGroup(Protocol):
    """A configuration that belongs to a group of the command line ("trainer", "data", ...)."""

    group: ClassVar[str]


class Fields:
    """Collects what is wrong with a configuration dataclass and coerces what is right.

    Args:
        owner: a frozen dataclass; the group it is `InGroup`, where it is, prefixes the messages.
    """

    def __init__(self, owner: Any) -> None:
        self._owner = owner
        self._problems: list[str] = []

    def _refuse(self, name: str, want: str) -> None:
        given = getattr(self._owner, name)
        shown = list(given) if isinstance(given, tuple) else given
        prefix = f"{self._owner.group}." if isinstance(self._owner, InGroup) and self._owner.group else ""
        self._problems.append(f"{prefix}{name}={shown}: want {want}")

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self._owner, name, value)

    def _absent(self, name: str, optional: bool) -> bool:
        return optional and getattr(self._owner, name) is None

    def integer(self, name: str, low: int | None = None, high: int | None = None, *, optional: bool = False) -> None:
        """A whole number within [low, high]; 8.0 counts as 8."""
        value = getattr(self._owner, name)
        if self._absent(name, optional):
            return
        want = "a whole number" + _bounds(low, high, None) + (" (or null)" if optional else "")
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not _within(value, low, high, None):
            return self._refuse(name, want)
        self._set(name, value)

    def number(
        self,
        name: str,
        low: float | None = None,
        high: float | None = None,
        *,
        above: float | None = None,
        optional: bool = False,
    ) -> None:
        """A finite number within [low, high], or greater than ``above``."""
        value = getattr(self._owner, name)
        if self._absent(name, optional):
            return
        finite = "a finite number" if _is_infinite(value) else "a number"
        want = finite + _bounds(low, high, above) + (" (or null)" if optional else "")
        if not _is_number(value) or not _within(value, low, high, above):
            return self._refuse(name, want)
        self._set(name, float(value))

    def text(self, name: str, *, empty: bool = False) -> None:
        """A string, non-empty unless ``empty``."""
        value = getattr(self._owner, name)
        if not isinstance(value, str) or (not value and not empty):
            self._refuse(name, "a text" + ("" if empty else " that is not empty"))

    def one_of(self, name: str, allowed: Sequence[Any]) -> None:
        """One of the allowed values."""
        value = getattr(self._owner, name)
        # 1 == True in Python, so types are compared too.
        if not any(value == option and isinstance(value, bool) == isinstance(option, bool) for option in allowed):
            self._refuse(name, "one of " + ", ".join(map(str, allowed)))

    def names(self, name: str, *, at_least: int = 0) -> None:
        """A list of distinct texts, kept as a tuple."""
        values = self._sequence(name, f"a list of at least {at_least} distinct names", at_least)
        if values is None:
            return
        if any(not isinstance(v, str) or not v for v in values) or len(set(values)) != len(values):
            return self._refuse(name, f"a list of at least {at_least} distinct names")
        self._set(name, values)

    def integers(self, name: str, *, low: int | None = None, at_least: int = 1) -> None:
        """A list of whole numbers, kept as a tuple."""
        want = f"a list of at least {at_least} whole numbers{_bounds(low, None, None)}"
        values = self._sequence(name, want, at_least)
        if values is None:
            return
        if any(isinstance(v, bool) or not isinstance(v, int) or not _within(v, low, None, None) for v in values):
            return self._refuse(name, want)
        self._set(name, values)

    def numbers(self, name: str, *, low: float | None = None, above: float | None = None, at_least: int = 1) -> None:
        """A list of finite numbers, kept as a tuple of floats."""
        bounds = _bounds(low, None, above)
        want = f"a list of at least {at_least} numbers{bounds}"
        values = self._sequence(name, want, at_least)
        if values is None:
            return
        if any(_is_infinite(v) for v in values):
            return self._refuse(name, f"a list of at least {at_least} finite numbers{bounds}")
        if any(not _is_number(v) or not _within(v, low, None, above) for v in values):
            return self._refuse(name, want)
        self._set(name, tuple(float(v) for v in values))

    def distinct(self, name: str) -> None:
        """A list of options in which none stands twice."""
        values = getattr(self._owner, name)
        if len(set(values)) != len(values):
            self._refuse(name, "distinct options")

    def require(self, holds: bool, problem: str) -> None:
        """A rule that spans fields."""
        if not holds:
            self._problems.append(problem)

    def done(self) -> None:
        """Report.

        Raises:
            ConfigError: with every problem found.
        """
        if self._problems:
            raise ConfigError(self._problems)

    def _sequence(self, name: str, want: str, at_least: int) -> tuple[Any, ...] | None:
        value = getattr(self._owner, name)
        if isinstance(value, str) or not isinstance(value, Sequence) or len(value) < at_least:
            self._refuse(name, want)
            return None
        return tuple(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and not _is_infinite(value)


def _is_infinite(value: Any) -> bool:
    """Whether it is a number that no finite float holds: infinite, NaN or a whole number of too many digits."""
    try:
        return isinstance(value, (int, float)) and not math.isfinite(value)
    except OverflowError:
        return True


def _within(value: float, low: float | None, high: float | None, above: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high) and (above is None or value > above)


def _bounds(low: float | None, high: float | None, above: float | None) -> str:
    if low is not None and high is not None:
        return f" from {_plain(low)} to {_plain(high)}"
    if above is not None:
        return f" > {_plain(above)}" + (f" and <= {_plain(high)}" if high is not None else "")
    if low is not None:
        return f" >= {_plain(low)}"
    return f" <= {_plain(high)}" if high is not None else ""


def _plain(bound: float) -> str:
    """A bound with every digit if it is a whole number, for it is meant exactly."""
    return str(bound) if isinstance(bound, int) else f"{bound:g}"
