"""The table over seeds: hypervolume and best values of every setting, mean and standard deviation."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from search.comparison.pooled import Pooled
from search.problem.objectives import MAXIMISE, Objective, format_value, volume_units
from spaces.common.formatting import align_columns, format_count
from spaces.common.terminal import find_room

VOLUME = "hypervolume"
Numbers = Mapping[str, float]


@dataclass(frozen=True)
class SettingRow:
    """What a setting came to over its seeds.

    Args:
        setting: value by key, the seed apart.
        runs: hypervolume and best value by objective of each run.
    """

    setting: Mapping[str, str]
    runs: Sequence[Numbers]

    def list_values(self, name: str) -> list[float]:
        """Of all runs that have one."""
        return [run[name] for run in self.runs if math.isfinite(run.get(name, math.nan))]

    def mean(self, name: str) -> float:
        """Over seeds; NaN without any."""
        return fmean(values) if (values := self.list_values(name)) else math.nan

    def deviation(self, name: str) -> float:
        """Standard deviation over seeds, of a sample; NaN of fewer than two."""
        return stdev(values) if len(values := self.list_values(name)) > 1 else math.nan


def measure_run(pooled: Pooled, name: str) -> dict[str, float]:
    """Hypervolume of one run, and the best measured value of each objective among its trials."""
    chosen = set(pooled.numbers[name])
    complete = [trial for trial in pooled.view.trials if trial.number in chosen and trial.complete]
    found = {VOLUME: pooled.measure_volume(name)} if complete else {}
    for objective in pooled.view.objectives:
        values = [trial.objectives.get(objective.name, math.nan) for trial in complete]
        if values := [value for value in values if math.isfinite(value)]:
            found[objective.name] = max(values) if objective.direction == MAXIMISE else min(values)
    return found


def tabulate_seeds(rows: Sequence[SettingRow], objectives: Sequence[Objective]) -> str:
    """The table as CSV: keys of the setting, number of runs, mean and standard deviation of each number."""
    names = [VOLUME, *(objective.name for objective in objectives)]
    keys = list(rows[0].setting) if rows else []
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    heads = [VOLUME, *(f"{name}.best" for name in names[1:])]
    writer.writerow([*keys, "seeds", *(f"{head}.{what}" for head in heads for what in ("mean", "sd"))])
    for row in rows:
        cells = [cell for name in names for cell in (row.mean(name), row.deviation(name))]
        shown = ["" if math.isnan(cell) else cell for cell in cells]
        writer.writerow([*row.setting.values(), len(row.list_values(VOLUME)), *shown])
    return text.getvalue()


def format_seeds(rows: Sequence[SettingRow], objectives: Sequence[Objective]) -> str:
    """The table for the terminal."""
    keys = list(rows[0].setting) if rows else []
    heads = [f"best {objective.label}" for objective in objectives]
    table = [[*(keys or [""]), "seeds", f"{VOLUME} [{volume_units(objectives)}]", *heads]]
    for row in rows:
        cells = [_format_pair(row, VOLUME, format_count)]
        cells += [
            _format_pair(row, each.name, lambda value, each=each: format_value(each, value)) for each in objectives
        ]
        table.append([*(row.setting.values() or ["all runs"]), str(len(row.list_values(VOLUME))), *cells])
    return "\n".join(align_columns(table, find_room()))


def _format_pair(row: SettingRow, name: str, show: object) -> str:
    assert callable(show)
    mean, deviation = row.mean(name), row.deviation(name)
    if math.isnan(mean):
        return "-"
    return str(show(mean)) + ("" if math.isnan(deviation) else f" +- {str(show(deviation)).lstrip('+')}")
