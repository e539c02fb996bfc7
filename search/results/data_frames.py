"""Trials as pandas tables: one row a trial, or one row an epoch of one trial.

For notebooks, through `search.load`; the numbers are those of trials.csv and front.csv.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from search.jobs.trial import Trial
from search.jobs.trial_columns import COSTS, read_columns
from search.study.fronts.guess_columns import Extra
from spaces.errors import DataError

if TYPE_CHECKING:
    from pandas import DataFrame

CHOICE = "choice."  # prefix of the columns of choices


def tabulate_trials(trials: Sequence[Trial], objectives: Sequence[str], extra: Extra | None = None) -> DataFrame:
    """One row a trial, in the order given.

    Args:
        trials: any.
        objectives: names of what was optimised; they come first among the numbers.
        extra: further values by number of trial and column, such as best guesses.

    Returns:
        By trial number: key, status, sharing in words, objectives, costs, metrics, seconds, epochs, network key,
        reason, and a column ``choice.<name>`` for each decision. What a trial has not is NaN.
    """
    import pandas  # pandas: 1 s, whoever wants no table does without

    extra = extra or {}
    metrics = _collect_names(trial.metrics for trial in trials)
    columns = [
        *("number", "key", "status", "sharing", *objectives, *_collect_names(extra.values())),
        *(name for name in (*COSTS, *metrics) if name not in objectives),
        *("seconds", "epochs", "network_key", "reason"),
        *(CHOICE + name for name in _collect_names(trial.choices for trial in trials)),
    ]
    rows = [
        read_columns(trial, columns)
        | dict(extra.get(trial.number, {}))
        | {CHOICE + name: value for name, value in trial.choices.items()}
        for trial in trials
    ]
    return pandas.DataFrame(rows, columns=columns).set_index("number")


def tabulate_curves(trial: Trial) -> DataFrame:
    """One row an epoch, from 1: "loss", "<task>.loss" and "<task>.<metric>" of a trial."""
    import pandas  # pandas: as above

    # Series, for a trial that failed may have curves of several lengths.
    frame = pandas.DataFrame({name: pandas.Series(values, dtype=float) for name, values in trial.curves.items()})
    frame.index = pandas.RangeIndex(1, len(frame) + 1, name="epoch")
    return frame


def read_table(path: Path) -> DataFrame:
    """A table of a run folder with a row a trial, by number.

    Raises:
        DataError: it is damaged.
    """
    import pandas  # pandas: as above

    try:
        return pandas.read_csv(path).set_index("number")
    except (ValueError, KeyError) as error:
        raise DataError(f"{path} is no table with a row a trial ({error}); write it again by what wrote it") from error


def _collect_names(mappings: Iterable[Iterable[str]]) -> list[str]:
    """All keys, in the order in which they first occur."""
    return list(dict.fromkeys(name for mapping in mappings for name in mapping))
