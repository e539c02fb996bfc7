"""Conditions on a network's numbers, such as "macs<=4e8"."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass

from search.problem.objectives import LATENCY
from spaces.common.suggestions import suggest
from spaces.errors import ConfigError

SHAPE = re.compile(r"\s*(?P<name>[A-Za-z_][\w.-]*)\s*(?P<sign><=|>=|<|>)\s*(?P<number>[^<>=\s]+)\s*")


@dataclass(frozen=True)
class Condition:
    """A bound on one column.

    Args:
        name: of the column.
        sign: "<=", ">=", "<" or ">".
        bound: the number.
    """

    name: str
    sign: str
    bound: float

    def __str__(self) -> str:
        return f"{self.name}{self.sign}{self.bound:g}"

    @property
    def upper(self) -> bool:
        """Whether values are to be small."""
        return self.sign.startswith("<")

    def holds(self, value: float) -> bool:
        """Whether a value meets it; what is not known does not."""
        beyond = value - self.bound if self.upper else self.bound - value
        return beyond < 0 or (beyond == 0 and self.sign.endswith("="))

    def miss(self, value: float) -> float:
        """By how much a value misses it, in the column's unit; 0 where it holds, infinity where nothing is known."""
        if math.isnan(value):
            return math.inf
        return 0.0 if self.holds(value) else abs(value - self.bound)


def parse_condition(text: str, columns: Collection[str]) -> Condition:
    """Read a condition.

    Args:
        text: such as "worst_delta>=-1".
        columns: that may be named.

    Raises:
        ConfigError: it does not parse, or names no column.
    """
    found = SHAPE.fullmatch(text) if isinstance(text, str) else None  # notebooks may give whatever they have
    try:
        bound = float(found["number"].replace("_", "?")) if found else math.nan  # Python takes 1_0 for 10
    except ValueError:
        bound = math.nan
    if found is None or not math.isfinite(bound):
        raise ConfigError(f"{text!r} is no condition; want COLUMN<=NUMBER, or with >=, < or >, such as 'macs<=4e8'")
    return Condition(find_column(found["name"], columns, repr(text)), found["sign"], bound)


def find_column(name: str, columns: Collection[str], given: str) -> str:
    """A column by name.

    Raises:
        ConfigError: there is none, with the nearest and all that there are.
    """
    if not isinstance(name, str):
        raise ConfigError(f"{given} {name!r}: want the name of a column in quotes, such as {next(iter(columns), '')!r}")
    if name == LATENCY.name and name not in columns:
        raise ConfigError(
            f"{given}: this search has measured no latency; search again with measure={name} and another run.name, or "
            "go by macs or params"
        )
    if name not in columns:
        raise ConfigError(f"{given}: no column {name}; there are {', '.join(columns)}{suggest(name, columns)}")
    return name
