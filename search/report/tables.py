"""The tables of a search, trials.csv and front.csv: a row a trial, and a row a member of the front."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from search.jobs.trial import Trial
from search.jobs.trial_columns import COSTS, read_shown_columns
from search.problem.objectives import Objective
from search.report.mean_rank import compute_mean_ranks
from search.study.fronts.front import find_front
from search.study.fronts.guess_columns import Extra, tabulate_guesses
from search.study.kept_single_tasks import foretell_objectives
from spaces.common.atomic_files import write_text

if TYPE_CHECKING:
    from trainers.tasks.task import Task

NO_MARKS: Mapping[str, str] = MappingProxyType({})
NO_EXTRA: Extra = MappingProxyType({})
NO_RANKS: Mapping[int, float] = MappingProxyType({})


def write_tables(
    folder: Path,
    trials: Sequence[Trial],
    objectives: Sequence[Objective],
    tasks: Sequence[Task],
    marks: Mapping[str, str] = NO_MARKS,
) -> tuple[Trial, ...]:
    """Write or bring up to date trials.csv and front.csv alone; cheap enough for after each trial.

    Beside what was measured stand best guesses and their standard deviations, by which a trial is on the front, and
    whether it is on the raw one, of single measurements.

    Returns:
        The front, cheapest first.
    """
    trials = sort_by_number(trials)
    guesses = foretell_objectives(folder, trials, objectives, tasks)
    members = find_front(trials, objectives, guesses)
    extra = tabulate_guesses(trials, objectives, guesses)
    names = [objective.name for objective in objectives]
    costs = [name for name in COSTS if name not in names]
    metrics = [name for name in _list_metrics(trials, tasks) if name not in names]
    ranks = compute_mean_ranks(trials, tasks)
    last = ["seconds", "epochs", "network_key", "reason"]
    if ranks:
        last.insert(0, "mean_rank")
    # In one order whichever trial came first: one that failed has fewer of these columns.
    fullest = sorted(extra.values(), key=len, reverse=True)
    added = list(dict.fromkeys(column for row in fullest for column in row))
    columns = ["number", "key", "status", "mark", *names, *added, *costs, *metrics, *last]
    write_text(folder / "trials.csv", _format_table(columns, trials, marks, ranks, extra))
    columns = ["key", "number", *names, *added, *metrics, *costs, "mark"]
    write_text(folder / "front.csv", _format_table(columns, members, marks, extra=extra))
    return members


def write_finals_table(
    folder: Path,
    finals: Sequence[Trial],
    objectives: Sequence[Objective],
    tasks: Sequence[Task],
    marks: Mapping[str, str] = NO_MARKS,
) -> None:
    """Write or bring up to date finals.csv: values of the end, which never stand in a column with a search's."""
    names = [objective.name for objective in objectives]
    metrics = [name for name in _list_metrics(finals, tasks) if name not in names]
    columns = ["number", "key", "status", "mark", *names, *(c for c in COSTS if c not in names), *metrics]
    columns += ["seconds", "epochs", "reason"]
    write_text(folder / "finals.csv", _format_table(columns, sort_by_number(finals), marks))


def _format_table(
    columns: Sequence[str],
    trials: Iterable[Trial],
    marks: Mapping[str, str],
    ranks: Mapping[int, float] = NO_RANKS,
    extra: Extra = NO_EXTRA,
) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for trial in trials:
        row = read_shown_columns(trial, columns)
        row |= {"mark": marks.get(trial.key), "mean_rank": ranks.get(trial.number)}
        row |= extra.get(trial.number, {})
        row["reason"] = " ".join(trial.reason.split())
        writer.writerow([_clean_cell(row.get(column)) for column in columns])
    return text.getvalue()


def _clean_cell(value: Any) -> Any:
    """A cell; what is not known stays empty, for "nan" reads as a text in most programs."""
    return "" if value is None or (isinstance(value, float) and not math.isfinite(value)) else value


def _list_metrics(trials: Iterable[Trial], tasks: Sequence[Task]) -> list[str]:
    """Columns of metrics: those of the tasks in their order, then the deltas, then what else was measured."""
    names = [f"{task.name}.{metric.name}" for task in tasks for metric in task.table]
    names += ["delta_mtl", "worst_delta", *(f"{task.name}.delta" for task in tasks)]
    return names + sorted({name for trial in trials for name in trial.metrics} - set(names))


def sort_by_number(trials: Iterable[Trial]) -> list[Trial]:
    """The trials in order of number."""
    return sorted(trials, key=lambda trial: trial.number)
