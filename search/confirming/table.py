"""What a confirmation comes to, for people: confirmed.csv, a table for the terminal, sentences for it and the page."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

from search.confirming.intervals import Difference, Interval
from search.confirming.request import AS_SEARCHED, DIVISIONS
from search.confirming.sums import WORST, Row, Totals
from search.problem.objectives import BEFOREHAND, DELTA_MTL, MACS, PARAMS, Objective, format_interval, volume_units
from spaces.common.formatting import align_columns, format_change, format_count
from spaces.common.terminal import find_room

NUMBER = "number"


def list_rows(totals: Totals) -> list[dict[str, Any]]:
    """A row a network, cheapest first.

    Columns: number, key, seeds, ``front`` (probability of being on it), worst_task; of each measured objective the
    mean under its name, ``.sd``, ``.low`` and ``.high`` (95 %), ``.search``, ``.guess`` where there was one, and
    ``.validation``; ``apart``, the adjusted p-value of its difference to the row above; then means of all else with
    their ``.sd``.
    """
    return [
        _make_row(totals, row, totals.differences[place - 1] if place and totals.differences else None)
        for place, row in enumerate(totals.rows)
    ]


def _make_row(totals: Totals, row: Row, difference: Difference | None) -> dict[str, Any]:
    member = row.member
    found: dict[str, Any] = {
        NUMBER: member.number,
        "key": member.key,
        "seeds": len(member.cells),
        "trained": member.basis,
        "front": row.probability,
        "worst_task": row.worst,
    }
    names = [each.name for each in totals.objectives]
    for objective in totals.objectives:
        name = objective.name
        interval = row.test[name]
        found[name] = interval.mean
        if objective not in BEFOREHAND:
            found |= {f"{name}.sd": interval.sd, f"{name}.low": interval.low, f"{name}.high": interval.high}
            found |= {
                f"{name}.search": member.searched.get(name, math.nan),
                f"{name}.guess": member.guessed.get(name, math.nan),
                f"{name}.validation": row.validation.get(name, math.nan),
            }
    found["apart"] = difference.p if difference else math.nan
    for name, interval in row.test.items():
        if name not in names:
            found[name] = interval.mean
            if name not in (MACS.name, PARAMS.name):
                found[f"{name}.sd"] = interval.sd
    return found


def format_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows as CSV; what is not known stays empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = list(dict.fromkeys(name for row in rows for name in row))
    writer.writerow(columns)
    writer.writerows([_clean(row.get(column, "")) for column in columns] for row in rows)
    return text.getvalue()


def format_rows(totals: Totals) -> str:
    """The table for the terminal: a line a network."""
    told = _list_told(totals)
    head = ["trial", "MACs", "seeds", *(_head(each) for each in told), "on the front", "worst task by means"]
    lines = [head]
    for row in totals.rows:
        worst = row.test.get(f"{row.worst}.delta")
        lines.append(
            [
                str(row.member.number),
                format_count(row.test[MACS.name].mean),
                str(len(row.member.cells)),
                *(_format_interval(each, row.test[each.name], row.member.searched) for each in told),
                f"{row.probability:.2f}" if math.isfinite(row.probability) else "-",
                f"{row.worst} {format_interval(DELTA_MTL, worst.mean, worst.low, worst.high)[0]} %" if worst else "-",
            ]
        )
    return "\n".join(align_columns(lines, find_room()))


def describe(totals: Totals) -> list[str]:
    """What was done, the curse, who is told apart, and the gap, in sentences."""
    lines = [_describe_work(totals)]
    if totals.curse is not None:
        lines.append(_describe_curse(totals))
    if totals.differences:
        lines.append(_describe_differences(totals))
    if any(each.name == WORST for each in totals.objectives):
        lines.append(
            f"The worst task is the one whose mean over seeds is least; {WORST} is the mean of what every seed's worst "
            "task lost, so it is lower where seeds have different ones."
        )
    gap, units = totals.gap, volume_units(totals.objectives)
    if math.isfinite(gap.optimistic):
        lines.append(
            f"Hypervolume of these networks [{units}]: {format_count(gap.validation)} as the search measured them, on "
            f"the test split {format_count(gap.optimistic)} (optimistic) to {format_count(gap.pessimistic)} "
            f"(pessimistic), so validation promised {format_count(abs(gap.loss))} {'less' if gap.loss < 0 else 'more'}."
        )
    return lines


def list_numbers(totals: Totals) -> dict[str, float]:
    """What a tracker shows of it, by name."""
    gap, curse = totals.gap, totals.curse
    found = {
        "confirmed.networks": float(len(totals.rows)),
        "confirmed.hypervolume.optimistic": gap.optimistic,
        "confirmed.hypervolume.pessimistic": gap.pessimistic,
        "confirmed.hypervolume.validation": gap.validation,
    }
    if curse is not None:
        found |= {"confirmed.curse": curse.total, "confirmed.curse.chosen": curse.chosen}
        found |= {"confirmed.curse.references": curse.references}
    return found


def list_means(totals: Totals | None) -> dict[int, dict[str, float]]:
    """What a tracker shows of each network beside what its search measured, by number and name."""
    return {
        row.member.number: {f"{each.name}.confirmed": row.test[each.name].mean for each in _list_told(totals)}
        for row in (totals.rows if totals else ())
    }


def show_means(totals: Totals | None) -> dict[int, dict[str, str]]:
    """The same with intervals and units, for people, by number and objective."""
    found: dict[int, dict[str, str]] = {}
    for row in totals.rows if totals else ():
        for each in _list_told(totals):
            mean, ends = _spell_interval(each, row.test[each.name])
            found.setdefault(row.member.number, {})[each.name] = f"{mean} {each.unit}".strip() + f" ({ends})"
    return found


def _list_told(totals: Totals | None) -> list[Objective]:
    return [each for each in totals.objectives if each not in BEFOREHAND] if totals else []


def _describe_work(totals: Totals) -> str:
    counts = sorted({len(row.member.cells) for row in totals.rows})
    many = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    seeds = "1 fresh seed" if many == "1" else f"{many} fresh seeds"
    bases = list(dict.fromkeys(row.member.basis for row in totals.rows))
    what = "1 network" if len(totals.rows) == 1 else f"{len(totals.rows)} networks"
    return (
        f"Confirmed on the test split: {what}, {seeds} each, {DIVISIONS[totals.confirmation.division]}; fresh is the "
        f"{' or the '.join(bases)}, of single-task networks too, so that is what the intervals "
        "(95 %, of the mean) cover."
    )


def _describe_curse(totals: Totals) -> str:
    curse = totals.curse
    assert curse is not None
    unit = curse.objective.unit.replace("%", "points")
    points = curse.objective.unit == "%"
    spread = f"{curse.error:.1f}" if points else f"{curse.error:.2g}"
    error = f"; standard error over networks {spread}" if math.isfinite(curse.error) else ""
    parts = [
        f"{_format_signed(value, points=points)} {what}"
        for value, what in (
            (curse.references, "by its single-task networks (fresh ones in their place)"),
            (curse.chosen, f"for having been chosen (the same split, fresh seeds{error})"),
            (curse.split, "from validation to test"),
        )
        if math.isfinite(value)
    ]
    guesses = _format_signed(curse.guessed, points=points)
    guessed = f"; its best guesses by {guesses}" if math.isfinite(curse.guessed) else ""
    detail = f": {', '.join(parts)}" if parts else ""
    if totals.confirmation.division != AS_SEARCHED:
        detail = ", in which is what other images in training do"
    return (
        f"Winner's curse: the search flattered {curse.objective.name} by "
        f"{_format_signed(curse.total, points=points)} {unit} on average{detail}{guessed}.".replace("  ", " ")
    )


def _describe_differences(totals: Totals) -> str:
    numbers = [row.member.number for row in totals.rows]
    apart = [f"{numbers[d.rows[0]]} and {numbers[d.rows[1]]}" for d in totals.differences if d.told_apart]
    close = [f"{numbers[d.rows[0]]} and {numbers[d.rows[1]]}" for d in totals.differences if not d.told_apart]
    told = f"told apart (95 %, Holm): {', '.join(apart) or 'none'}"
    return f"Neighbours by cost {told}" + (f"; not told apart: {', '.join(close)}." if close else ".")


def _head(objective: Objective) -> str:
    return f"{objective.label} (95 %; search)"


def _format_interval(objective: Objective, interval: Interval, searched: Mapping[str, float]) -> str:
    mean, ends = _spell_interval(objective, interval)
    value = searched.get(objective.name, math.nan)
    before = format_interval(objective, value, interval.low, interval.high)[0] if math.isfinite(value) else "-"
    return f"{mean} ({ends}; {before})"


def _spell_interval(objective: Objective, interval: Interval) -> tuple[str, str]:
    """The mean and the ends, in words where there are none."""
    mean, low, high = format_interval(objective, interval.mean, interval.low, interval.high)
    return mean, f"{low} to {high}" if math.isfinite(interval.low) else "one seed: no interval"


def _format_signed(value: float, *, points: bool) -> str:
    if points:
        return format_change(value)
    if abs(value) >= 1000:
        return f"{'-' if value < 0 else '+'}{format_count(abs(value))}"
    return f"{value:+.3g}"


def _clean(value: Any) -> Any:
    return "" if isinstance(value, float) and not math.isfinite(value) else value
