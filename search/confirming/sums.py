"""What a confirmation comes to: means with intervals, places on the front, what the search had promised.

Pure: equal measurements give equal sums. Deltas are against the mean of the fresh single-task networks on the test
split; what these scatter by is in the intervals, pair by pair.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np

from search.confirming.confirmation import Cell, Confirmation, Confirmed
from search.confirming.curse import Curse, measure_curse, relate
from search.confirming.fronts import Gap, measure_gap
from search.confirming.intervals import Difference, Interval, compare, find_intervals
from search.confirming.membership import estimate_membership
from search.confirming.paired_means import fit_paired
from search.confirming.request import AS_SEARCHED
from search.problem.deltas import check_reference, compute_delta
from search.problem.objectives import BEFOREHAND, COUNTED, MACS, PARAMS, Objective
from spaces.errors import DataError
from trainers.tasks.task import Task

Values = Mapping[str, float]
WORST = "worst_delta"


@dataclass(frozen=True)
class Row:
    """One network.

    Args:
        member: with all that was measured of it.
        test: by column, objectives first; of a column that some seeds lack the mean of the others.
        validation: means of the same seeds on the validation split, against the same single-task networks there.
        related: what the search measured there, against these, too; nothing where it trained on other images.
        probability: of being on the front of these networks; NaN where it is not known.
        worst: task that loses most, by its mean delta; empty where no task is a main one.
    """

    member: Confirmed
    test: Mapping[str, Interval]
    validation: Values
    related: Values
    probability: float
    worst: str


@dataclass(frozen=True)
class Totals:
    """All of it.

    Args:
        confirmation: that it is of.
        objectives: of the search.
        rows: cheapest first.
        differences: of each network to the next cheaper one, by the first measured objective.
        curse: of the search; None where nothing was measured.
        gap: hypervolumes on validation and test split.
        values: (networks, seeds, objectives) on the test split, NaN where a network lacks a seed.
    """

    confirmation: Confirmation
    objectives: tuple[Objective, ...]
    rows: tuple[Row, ...]
    differences: tuple[Difference, ...]
    curse: Curse | None
    gap: Gap
    values: np.ndarray

    @property
    def probabilities(self) -> np.ndarray:
        """(networks,) of being on the front."""
        return np.array([row.probability for row in self.rows])


def sum_up(
    confirmation: Confirmation,
    objectives: Sequence[Objective],
    tasks: Sequence[Task],
    point: Sequence[float] | None = None,
) -> Totals:
    """The sums of what was measured.

    Args:
        confirmation: networks without a single training are left out.
        objectives: of the search.
        tasks: of the run.
        point: that its hypervolume is measured from; None where that is not wanted.
    """
    measured = replace(confirmation, members=tuple(each for each in confirmation.members if each.cells))
    main = next((each for each in objectives if each not in BEFOREHAND), None)
    tables, intervals = _tabulate(measured, objectives, tasks)
    values = np.stack([tables[each.name] for each in objectives], axis=2) if tables else np.empty((0, 0, 0))
    chances = estimate_membership(values, [each.direction for each in objectives])
    comparable = confirmation.division == AS_SEARCHED  # else single-task networks, too, had other images
    baseline = _average([cell.validation for cell in confirmation.references.values()] if comparable else [])
    validated = _average_validation(measured, baseline, tasks)
    rows = tuple(
        Row(
            member,
            (means := {name: found[place] for name, found in intervals.items()}),
            validated[place],
            _relate_searched(member, baseline, tasks),
            float(chances[place]),
            _find_worst(means, tasks),
        )
        for place, member in enumerate(measured.members)
    )
    neighbours = [(place, place + 1) for place in range(len(rows) - 1)]
    return Totals(
        measured,
        tuple(objectives),
        rows,
        tuple(compare(tables[main.name], neighbours)) if main and rows else (),
        _measure_curse(rows, main) if main and rows else None,
        _measure_gap(rows, objectives, point),
        values,
    )


def _tabulate(
    confirmation: Confirmation, objectives: Sequence[Objective], tasks: Sequence[Task]
) -> tuple[dict[str, np.ndarray], dict[str, list[Interval]]]:
    """By column, what every network shows with every seed, (networks, seeds), and its intervals."""
    members, seeds = confirmation.members, confirmation.seeds
    relate = _Relation(confirmation.references, tasks)
    known = [each.name for each in objectives if each in BEFOREHAND and each not in COUNTED]  # of the pattern
    cells = {
        (member.number, seed): relate(cell) | {name: member.searched.get(name, math.nan) for name in known}
        for member in members
        for seed, cell in member.cells.items()
    }
    columns = _list_columns(objectives, tasks, cells.values()) if members else []
    tables = {name: _lay_out(cells, confirmation, name) for name in columns}
    shifts, nothing = [relate.shift(member, seeds) for member in members], np.zeros(len(seeds))
    intervals = {
        name: find_intervals(table, table + np.array([shift.get(name, nothing) for shift in shifts]))
        for name, table in tables.items()
    }
    return tables, intervals


class _Relation:
    """Relates trainings to the mean of the fresh single-task networks, on the test split."""

    def __init__(self, references: Mapping[int, Cell], tasks: Sequence[Task]) -> None:
        self._tasks = tasks
        self._by_seed = {seed: (self._headlines(cell.test), cell.test) for seed, cell in references.items()}
        whole = _average([cell.test for cell in references.values()])
        self._mean = (self._headlines(whole), whole) if references else None
        try:
            check_reference(self._mean[0] if self._mean else {}, tasks)
        except DataError:  # a single-task value of 0, or none at all: there are metrics, and no deltas
            self._mean = None
            self._by_seed = {}

    def __call__(self, cell: Cell) -> dict[str, float]:
        """All that is told of a training, by column."""
        found = dict(cell.test)
        if self._mean is not None:
            found |= compute_delta(cell.test, self._mean[0], self._tasks, self._mean[1])
        return found | {MACS.name: cell.macs, PARAMS.name: cell.params}

    def shift(self, member: Confirmed, seeds: Sequence[int]) -> dict[str, np.ndarray]:
        """What each seed's single-task networks, in place of their mean, would do to the network's deltas; (seeds,)."""
        mean = _average([cell.test for cell in member.cells.values()])
        told = {s: compute_delta(mean, *self._place(s)) for s in seeds if s in self._by_seed and s in member.cells}
        names = dict.fromkeys(name for each in told.values() for name in each)
        shifts = {}
        for name in names:
            row = np.array([told[seed].get(name, math.nan) if seed in told else math.nan for seed in seeds])
            centred = row - np.nanmean(row) if np.isfinite(row).any() else row
            shifts[name] = np.where(np.isfinite(centred), centred, 0.0)
        return shifts

    def _place(self, seed: int) -> tuple[dict[str, float], Sequence[Task], Values]:
        headlines, whole = self._by_seed[seed]
        return headlines, self._tasks, whole

    def _headlines(self, metrics: Values) -> dict[str, float]:
        return {task.name: metrics[f"{task.name}.{task.headline}"] for task in self._tasks}


def _average(cells: Sequence[Values]) -> dict[str, float]:
    """Mean of every metric that all have."""
    names = [name for name in cells[0] if all(name in each for each in cells)] if cells else []
    return {name: fmean(each[name] for each in cells) for name in names}


def _list_columns(objectives: Sequence[Objective], tasks: Sequence[Task], cells: Iterable[Values]) -> list[str]:
    """Objectives first, then costs, deltas and metrics."""
    found = list(dict.fromkeys(name for cell in cells for name in cell))
    deltas = ["delta_mtl", WORST, *(f"{task.name}.delta" for task in tasks)]
    first = [*(each.name for each in objectives), MACS.name, PARAMS.name, *(name for name in deltas if name in found)]
    return list(dict.fromkeys([*first, *found]))


def _average_validation(confirmation: Confirmation, baseline: Values, tasks: Sequence[Task]) -> list[Values]:
    """By network, means on the validation split as on the test split; deltas against single-task networks there."""
    cells = {
        (member.number, seed): {
            **cell.validation,
            **relate(cell.validation, baseline, tasks),
            MACS.name: cell.macs,
            PARAMS.name: cell.params,
        }
        for member in confirmation.members
        for seed, cell in member.cells.items()
    }
    names = list(dict.fromkeys(name for cell in cells.values() for name in cell))
    means = {name: fit_paired(_lay_out(cells, confirmation, name)[..., None]).means[:, 0] for name in names}
    return [
        {name: float(row[place]) for name, row in means.items() if math.isfinite(row[place])}
        for place in range(len(confirmation.members))
    ]


def _lay_out(cells: Mapping[tuple[int, int], Values], confirmation: Confirmation, name: str) -> np.ndarray:
    """(networks, seeds) of a column, NaN where there is nothing."""
    seeds = confirmation.seeds
    return np.array([[cells.get((m.number, s), {}).get(name, math.nan) for s in seeds] for m in confirmation.members])


def _relate_searched(member: Confirmed, baseline: Values, tasks: Sequence[Task]) -> Values:
    """The search's metrics of a network, its deltas against fresh single-task networks in place of the search's."""
    return {**member.searched, **related} if (related := relate(member.metrics, baseline, tasks)) else {}


def _find_worst(means: Mapping[str, Interval], tasks: Sequence[Task]) -> str:
    told = {task.name: means.get(f"{task.name}.delta") for task in tasks if task.main}
    known = {name: each.mean for name, each in told.items() if each and math.isfinite(each.mean)}
    return min(known, key=lambda name: known[name]) if known else ""


def _measure_curse(rows: Sequence[Row], objective: Objective) -> Curse:
    name = objective.name
    return measure_curse(
        objective,
        [row.member.searched.get(name, math.nan) for row in rows],
        [row.related.get(name, math.nan) for row in rows],
        [row.validation.get(name, math.nan) for row in rows],
        [row.test[name].mean for row in rows],
        [row.member.guessed.get(name, math.nan) for row in rows],
    )


def _measure_gap(rows: Sequence[Row], objectives: Sequence[Objective], point: Sequence[float] | None) -> Gap:
    names = [each.name for each in objectives]
    if not rows or point is None:
        return Gap(math.nan, math.nan, math.nan)
    searched = np.array([[row.member.searched.get(name, math.nan) for name in names] for row in rows])
    tested = np.array([[row.test[name].mean for name in names] for row in rows])
    return measure_gap(searched, tested, [each.direction for each in objectives], point)
