"""What a supernet's training tells of every pattern, before any is trained alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from search.problem.deltas import compute_delta
from search.problem.objectives import BEFOREHAND, MAXIMISE, collect_objectives
from search.problem.problem import Problem
from spaces.draws import is_covered
from spaces.errors import DataError
from spaces.pattern.computations import Computations
from spaces.pattern.sharing_pattern import SharingPattern
from trainers.tasks.task import Task

REMEDY = "remove the file, and the same command makes them again"
SLOPE, BEND = 0.3, 10.0  # of how far trained networks lie apart, in how far their estimates do: our choice, see below
SINGLE = 0.0  # percent: what single-task networks hold


class Estimates:
    """Metrics of patterns on shared weights.

    Args:
        table: metrics by name, by task and key of what its head reads last, as `trainers.estimate` made it; None is
            one that is not a number.
        source: where it is kept, for messages.

    Raises:
        DataError: it is no such table.
    """

    def __init__(self, table: Mapping[str, Mapping[str, Mapping[str, float | None]]], source: str) -> None:
        try:
            self._table = {
                task: {
                    key: {name: math.nan if value is None else float(value) for name, value in metrics.items()}
                    for key, metrics in rows.items()
                }
                for task, rows in table.items()
            }
        except (TypeError, ValueError, AttributeError) as error:
            raise DataError(f"{source}: no estimates by task and pattern ({error}); {REMEDY}") from error
        self._source = source
        self._graph = Computations()
        self._known: dict[str, dict[str, float]] = {}

    def read(self, pattern: SharingPattern) -> dict[str, float]:
        """Metrics of a pattern, by "<task>.<metric>".

        Raises:
            DataError: the supernet has no such pattern.
        """
        if pattern.key not in self._known:
            try:
                self._known[pattern.key] = {
                    f"{task}.{name}": value
                    for task, reads in self._graph.walk(pattern).items()
                    for name, value in self._table[task][reads[-1].key].items()
                }
            except KeyError as error:
                raise DataError(
                    f"{self._source}: no estimates of pattern {pattern.key}, so they are of another space, or damaged; "
                    f"{REMEDY}"
                ) from error
        return self._known[pattern.key]


def relate_estimates(
    estimates: Estimates,
    problem: Problem,
    tasks: Sequence[Task],
    reference: Mapping[str, float],
    whole: Mapping[str, float],
) -> Callable[[SharingPattern], dict[str, float]]:
    """Objectives of patterns by name, from a supernet's metrics and the single-task networks' mean values.

    Main tasks' changes are told beside them, by "<task>.delta": `search.problem.chain_front` adds these up. In a space
    too large to be covered, what was not estimated is NaN, costs apart.

    Args:
        estimates: of the supernet.
        problem: names the objectives and prices patterns.
        tasks: of the run.
        reference: mean headline metric by task.
        whole: mean of every metric, by "<task>.<metric>".
    """
    known: dict[str, dict[str, float]] = {}
    deltas = [f"{task.name}.delta" for task in tasks if task.main]

    def tell(pattern: SharingPattern) -> dict[str, float]:
        if pattern.key not in known:
            cost = problem.cost(pattern)
            try:
                metrics = estimates.read(pattern)
                metrics = metrics | compute_delta(metrics, reference, tasks, whole)
            except DataError:
                if is_covered(problem.space, problem.tasks):
                    raise
                metrics = dict.fromkeys([*deltas, *(each.name for each in problem.objectives)], math.nan)
            metrics |= problem.tell_latency(pattern)
            told = collect_objectives(metrics, cost.macs, cost.params, problem.objectives)
            known[pattern.key] = told | {name: metrics[name] for name in deltas}
        return known[pattern.key]

    return tell


def foretell_trained(problem: Problem, patterns: Sequence[SharingPattern]) -> np.ndarray:
    """Objectives after a training of each pattern's own on the supernet's weights, (patterns, objectives).

    Costs are exact. What a training tells lies less far below the best than it is estimated: patterns that share much
    are trained least in a supernet, and gain most from epochs of their own. d points are told as b log(1 + s d / b), a
    curve drawn by eye through few trainings of one seed: networks of `scenes` that were estimated 12, 28, 34 and 39
    points below another came out 4.7, 7.8, 10.0 and 7.6 below it. One of which nothing is told counts as the worst.
    And the best holds at least what single-task networks do, however short the supernet's training was: else all would
    lie below the reference point, where costs count for nothing (measured, see experiments/README.md).
    """
    assert problem.estimates is not None
    rows = [problem.estimates(pattern) for pattern in patterns]
    columns = []
    for objective in problem.objectives:
        values = np.array([row[objective.name] for row in rows], dtype=float)
        if objective not in BEFOREHAND:
            sign = 1.0 if objective.direction == MAXIMISE else -1.0
            gains = sign * values
            told = gains[np.isfinite(gains)] if np.isfinite(gains).any() else np.zeros(1)
            best = float(told.max())
            below = best - np.where(np.isfinite(gains), gains, told.min())
            bend = BEND if objective.unit == "%" else BEND / 100.0 * abs(best) or 1.0
            least = max(best, SINGLE) if objective.unit == "%" and sign > 0 else best
            values = sign * (least - bend * np.log1p(SLOPE * below / bend))
        columns.append(values)
    return np.column_stack(columns)
