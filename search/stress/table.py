"""The numbers of robust and less robust networks, summed up: robustness.csv, and a table for the terminal."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from types import MappingProxyType

from search.problem.deltas import relate_conditions, tell_changes
from search.stress.measuring import Measured
from spaces.common.formatting import align_columns, format_change, format_count
from spaces.common.terminal import find_room
from trainers.robustness.conditions import Clean
from trainers.robustness.plan import Plan, Summary
from trainers.tasks.task import Task

Row = dict[str, float | int | str]
NO_REFERENCE: Mapping[str, float] = MappingProxyType({})


def tabulate(
    plan: Plan, measured: Iterable[Measured], tasks: Sequence[Task], reference: Mapping[str, float] = NO_REFERENCE
) -> list[Row]:
    """A row a network.

    Columns are number, key, macs, params; ``clean.<task>.<metric>`` of headline metrics; for every family of
    corruptions (for a corruption, where its family is not tried as a whole) and every attack
    ``<prefix>.<task>.<metric>``, the mean over its conditions, ``<prefix>.<task>.delta``, its change against the
    clean value in percent, positive is better, and ``<prefix>.delta``, the mean of these over main tasks (of all
    where none is main); ``<prefix>.delta_mtl``, the same against single-task networks on clean images, where these
    are known on the same images; ``consistency.<name>``, and with ``.truth`` behind it that of the targets.

    Args:
        plan: what was measured.
        measured: of each network.
        tasks: of the run.
        reference: task -> mean headline value of its single-task networks on these images; empty if not known.
    """
    rows = [_make_row(plan, each, tasks) for each in measured]
    return [{**row, **relate_conditions(_numbers(row), reference, tasks)} for row in rows] if reference else rows


def _numbers(row: Row) -> dict[str, float]:
    return {name: float(value) for name, value in row.items() if name != "key"}


def format_csv(rows: Sequence[Row]) -> str:
    """The rows as CSV; what is not known stays empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = list(dict.fromkeys(name for row in rows for name in row))
    writer.writerow(columns)
    writer.writerows([_clean(row.get(column, "")) for column in columns] for row in rows)
    return text.getvalue()


def format_rows(rows: Sequence[Row], plan: Plan, tasks: Sequence[Task]) -> str:
    """The columns that tell most, for the terminal: clean values, deltas, consistencies; truth in a last row."""
    headlines = [f"clean.{_headline(task)}" for task in tasks]
    deltas = [f"{summary.prefix}.{name}" for summary in plan.summaries for name in ("delta_mtl", "delta")]
    deltas = [each for each in deltas if rows and each in rows[0]]
    relations = [f"consistency.{relation.name}" for relation in plan.relations]
    columns = [*headlines, *deltas, *relations]
    units = {f"consistency.{relation.name}": f" [{relation.unit}]" for relation in plan.relations}
    lines = [("trial", "MACs", *(f"{column}{units.get(column, '')}" for column in columns))]
    for row in rows:
        values = [(_format_change if column in deltas else _format_value)(row[column]) for column in columns]
        lines.append((str(row["number"]), format_count(float(row["macs"])), *values))
    if relations and rows:
        truth = [_format_value(rows[0][f"{name}.truth"]) for name in relations]
        lines.append(("truth", "", *("" for _ in (*headlines, *deltas)), *truth))
    return "\n".join(align_columns(_turn(lines), find_room()))


def _make_row(plan: Plan, each: Measured, tasks: Sequence[Task]) -> Row:
    trial, clean = each.member.trial, each.conditions[Clean.key]
    row: Row = {"number": trial.number, "key": trial.key, "macs": trial.macs, "params": trial.params}
    row |= {f"clean.{_headline(task)}": clean[_headline(task)] for task in tasks}
    for summary in plan.summaries:
        row |= _sum_up(summary, each.conditions, clean, tasks)
    if plan.relations:
        found = each.conditions[plan.agreeing.key]
        for relation in plan.relations:
            for name in (relation.name, f"{relation.name}.truth"):
                row[f"consistency.{name}"] = found[name]
    return row


def _sum_up(
    summary: Summary,
    conditions: Mapping[str, Mapping[str, float]],
    clean: Mapping[str, float],
    tasks: Sequence[Task],
) -> Row:
    found = [conditions[condition.key] for condition in summary.conditions]
    means = {_headline(task): fmean(values[_headline(task)] for values in found) for task in tasks}
    return {**tell_changes(summary.prefix, means, clean, tasks)}


def _headline(task: Task) -> str:
    return f"{task.name}.{task.headline}"


def _turn(lines: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Columns as rows: a run has few networks, and many things are measured of each."""
    return list(zip(*lines, strict=True))


def _format_value(value: float | int | str) -> str:
    return f"{float(value):.4g}" if math.isfinite(float(value)) else "-"


def _format_change(value: float | int | str) -> str:
    return f"{format_change(float(value))} %" if math.isfinite(float(value)) else "-"


def _clean(value: float | int | str) -> float | int | str:
    return "" if isinstance(value, float) and not math.isfinite(value) else value
