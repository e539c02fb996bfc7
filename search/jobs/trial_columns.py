"""Columns of a trial: what tables, data frames, the page and the tracker show of it, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from search.jobs.trial import Trial
from spaces.drawing.one_line import describe_in_line

COSTS = ("macs", "flops", "params", "fixed")
_FIXED: Mapping[str, Callable[[Trial], Any]] = MappingProxyType(
    {
        "number": lambda trial: trial.number,
        "key": lambda trial: trial.key,
        "network_key": lambda trial: trial.network_key,
        "status": lambda trial: trial.status,
        "sharing": lambda trial: describe_in_line(trial.pattern),
        "macs": lambda trial: trial.macs,
        "flops": lambda trial: 2 * trial.macs,
        "params": lambda trial: trial.params,
        "fixed": lambda trial: trial.fixed,
        "seconds": lambda trial: trial.seconds,
        "epochs": lambda trial: trial.epochs,
        "reason": lambda trial: trial.reason,
    }
)
"""Columns that every trial has; each other one is an objective or else a metric of that name."""


def read_columns(trial: Trial, names: Iterable[str]) -> dict[str, Any]:
    """Those of the columns that the trial has, in the order given; a failed one has neither objectives nor metrics."""
    measured = {**trial.metrics, **trial.objectives}
    row = {}
    for name in names:
        if name in _FIXED:
            row[name] = _FIXED[name](trial)
        elif name in measured:
            row[name] = measured[name]
    return row


def read_shown_columns(trial: Trial, names: Iterable[str]) -> dict[str, Any]:
    """As `read_columns`, for files that people read: seconds to the millisecond."""
    row = read_columns(trial, names)
    return row | {"seconds": round(row["seconds"], 3)} if "seconds" in row else row
