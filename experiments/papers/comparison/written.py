"""What a comparison leaves: a table of means, the values seed by seed, and what longer trainings gained."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.papers.comparison.convergence import Course
from experiments.papers.comparison.measured import Measured
from experiments.papers.comparison.table import EFFECTS, make_rows, name_columns
from search.config.settings import Settings

SEEDS, COURSE = "-seeds.csv", "-course.csv"  # ends of names, behind that of the table


@dataclass(frozen=True)
class Round:
    """Networks that were measured together.

    Args:
        measured: them, and what was found.
        phase: what for, in words.
        beside: by name of a network that which it is compared with.
    """

    measured: Measured
    phase: str
    beside: Mapping[str, str]


def write_tables(place: Path, settings: Settings, rounds: Sequence[Round], course: Course | None) -> None:
    """Write all of them.

    Args:
        place: path of the table without its ending.
        settings: of the comparison.
        rounds: in order.
        course: what doublings of the epochs gained, where they were tried.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    table = [row for each in rounds for row in make_rows(each.measured, settings, each.phase, each.beside)]
    _write(place, ".csv", [name_columns(settings), *table])
    headlines = [f"{task.name}.{task.headline}" for task in settings.data.selected]
    numbers = ["macs", "params", "delta_mtl", "worst_delta", *headlines, *EFFECTS]
    values = [row for each in rounds for row in _list_values(each, numbers)]
    _write(place, SEEDS, [["round", "network", "seed", "epochs", *numbers], *values])
    if course:
        gains = [
            [str(epochs // 2), str(epochs), name, f"{gain:+.2f}"]
            for epochs, some in course.gains.items()
            for name, gain in some.items()
        ]
        _write(place, COURSE, [["epochs", "to", "network", "delta_mtl gained on val"], *gains])
    else:  # of another comparison
        place.with_name(place.name + COURSE).unlink(missing_ok=True)


def _list_values(each: Round, numbers: Sequence[str]) -> list[list[str]]:
    """A row a network and seed; what a network does not have stays empty."""
    found = each.measured.found
    table = []
    for row, name in enumerate(found.names):
        for column, seed in enumerate(found.seeds):
            values = [found.metrics[number][row][column] if number in found.metrics else np.nan for number in numbers]
            cells = [f"{value:.6g}" if np.isfinite(value) else "" for value in values]
            table.append([each.phase, name, str(seed), f"{found.epochs[row][column]:.0f}", *cells])
    return table


def _write(place: Path, end: str, rows: Sequence[Sequence[str]]) -> None:
    with place.with_name(place.name + end).open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
