"""Trials as pandas tables: one row a trial, or one row an epoch of one trial.

For notebooks, through `search.load`; the numbers are those of trials.csv and front.csv.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from search.jobs.trial import Trial
from spaces.drawing.one_line import describe_in_line

if TYPE_CHECKING:
    from pandas import DataFrame

COSTS = ("macs", "flops", "params", "fixed")
CHOICE = "choice."  # prefix of the columns of choices


def tabulate_trials(trials: Sequence[Trial], objectives: Sequence[str]) -> DataFrame:
    """One row a trial, in the order given.

    Args:
        trials: any.
        objectives: names of what was optimised; they come first among the numbers.

    Returns:
        By trial number: key, status, sharing in words, objectives, costs, metrics, seconds, epochs, network key,
        reason, and a column ``choice.<name>`` for each decision. What a trial has not is NaN.
    """
    import pandas

    metrics = _names(trial.metrics for trial in trials)
    columns = [
        *("number", "key", "status", "sharing", *objectives),
        *(name for name in (*COSTS, *metrics) if name not in objectives),
        *("seconds", "epochs", "network_key", "reason"),
        *(CHOICE + name for name in _names(trial.choices for trial in trials)),
    ]
    return pandas.DataFrame([_row(trial) for trial in trials], columns=columns).set_index("number")


def tabulate_curves(trial: Trial) -> DataFrame:
    """One row an epoch, from 1: "loss", "<task>.loss" and "<task>.<metric>" of a trial."""
    import pandas

    # Series, for a trial that failed may have curves of several lengths.
    frame = pandas.DataFrame({name: pandas.Series(values, dtype=float) for name, values in trial.curves.items()})
    frame.index = pandas.RangeIndex(1, len(frame) + 1, name="epoch")
    return frame


def _row(trial: Trial) -> dict[str, Any]:
    return {
        **trial.metrics,
        **trial.objectives,
        "number": trial.number,
        "key": trial.key,
        "status": trial.status,
        "sharing": describe_in_line(trial.pattern),
        "macs": trial.macs,
        "flops": 2 * trial.macs,
        "params": trial.params,
        "fixed": trial.fixed,
        "seconds": trial.seconds,
        "epochs": trial.epochs,
        "network_key": trial.network_key,
        "reason": trial.reason,
        **{CHOICE + name: value for name, value in trial.choices.items()},
    }


def _names(mappings: Iterable[Iterable[str]]) -> list[str]:
    """All keys, in the order in which they first occur."""
    return list(dict.fromkeys(name for mapping in mappings for name in mapping))
