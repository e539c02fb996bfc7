"""What a search optimises: objectives by name, delta against single-task networks, and the reference point.

Between the trainer, which measures a trial, and study, front and report, which compare trials.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from search.nearest import nearest
from search.reference import USUAL, Reference
from spaces.errors import ConfigError, DataError

if TYPE_CHECKING:
    from trainers.tasks.metric import Metric
    from trainers.tasks.task import Task

MAXIMISE = "maximise"
MINIMISE = "minimise"


@dataclass(frozen=True)
class Objective:
    """A quantity to optimise.

    Args:
        name: "delta_mtl", "worst_delta", "macs", "params" or "<task>.<metric>".
        unit: unit for tables and axes; empty for a pure number.
        direction: "maximise" or "minimise".
    """

    name: str
    unit: str
    direction: str

    @property
    def label(self) -> str:
        """Name with unit, as axes and tables show it."""
        return f"{self.name} [{self.unit}]" if self.unit else self.name


DELTA_MTL = Objective("delta_mtl", "%", MAXIMISE)
WORST_DELTA = Objective("worst_delta", "%", MAXIMISE)
MACS = Objective("macs", "MACs", MINIMISE)
PARAMS = Objective("params", "parameters", MINIMISE)


def resolve(names: Sequence[str], tasks: Sequence[Task]) -> tuple[Objective, ...]:
    """The objectives that are meant, in the order named.

    Args:
        names: one or more of "delta_mtl", "worst_delta", "macs", "params" and "<task>.<metric>".
        tasks: the tasks of the run.

    Raises:
        ConfigError: no name, an unknown or repeated one, or a delta without a main task.
    """
    known = {objective.name: objective for objective in (DELTA_MTL, WORST_DELTA, MACS, PARAMS)}
    for task in tasks:
        for metric in task.table:
            direction = MAXIMISE if metric.higher_is_better else MINIMISE
            objective = Objective(f"{task.name}.{metric.name}", metric.unit, direction)
            known[objective.name] = objective
    problems = []
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        given = ", ".join(map(str, unknown)) or "nothing"
        hint = nearest(str(unknown[0]), known) if unknown else ""
        problems.append(f"objectives={given}: want one or more of {', '.join(known)}{hint}")
    repeated = sorted({name for name in names if list(names).count(name) > 1})
    if repeated:
        problems.append(f"objectives={', '.join(names)}: {', '.join(repeated)} named more than once; name it once")
    deltas = [name for name in names if name in (DELTA_MTL.name, WORST_DELTA.name)]
    if deltas and not _main(tasks):
        problems.append(
            f"objectives={', '.join(deltas)}: needs a main task, but all of "
            f"{', '.join(task.name for task in tasks)} are auxiliary; "
            "give one of them role=main or name a task metric instead"
        )
    if problems:
        raise ConfigError(problems)
    return tuple(known[name] for name in names)


def delta(
    metrics: Mapping[str, float],
    reference: Mapping[str, float],
    tasks: Sequence[Task],
    whole: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """Change of each task's headline metric against its single-task network, in percent, positive is better.

    Delta_MTL as in Maninis et al., "Attentive Single-Tasking of Multiple Tasks" (CVPR 2019), over the main
    tasks.

    Args:
        metrics: "<task>.<metric>" -> value of the multi-task network.
        reference: task -> mean headline value of its single-task networks.
        tasks: the tasks, main and auxiliary.
        whole: "<task>.<metric>" -> mean value of single-task networks, or None where only headlines are known.

    Returns:
        "<task>.delta" for every task, "delta_mtl" (mean over main tasks), "worst_delta" (least over them), and, of a
        ``whole`` reference, "delta_all", see there.
        NaN where a metric is NaN, for an auxiliary task to whose reference nothing can be related, and for mean
            and least without a main task, which `resolve` lets pass when neither is an objective.

    Raises:
        DataError: see `check_reference`.
    """
    check_reference(reference, tasks)
    changes = {
        task.name: _change(metrics, f"{task.name}.{task.headline}", reference.get(task.name, math.nan), _headline(task))
        for task in tasks
    }
    counted = [changes[task.name] for task in _main(tasks)] or [math.nan]
    # min() would drop a NaN that does not come first; a trial with an undefined metric has an undefined worst
    # task.
    worst = math.nan if any(map(math.isnan, counted)) else min(counted)
    deltas = {f"{name}.delta": change for name, change in changes.items()}
    found = {**deltas, "delta_mtl": sum(counted) / len(counted), "worst_delta": worst}
    return found if whole is None else {**found, "delta_all": delta_all(metrics, whole, tasks)}


def delta_all(metrics: Mapping[str, float], reference: Mapping[str, float], tasks: Sequence[Task]) -> float:
    """Delta_MTL in its other published form, over all metrics of every main task, in percent, positive is better.

    The mean over tasks of the mean over a task's metrics, as LibMTL has it (``count_improvement``). It depends on
    which metrics a task tells, and counts those of one kind, such as shares within three angles, as often as there are.

    Args:
        metrics: "<task>.<metric>" -> value of the multi-task network.
        reference: the same of single-task networks, mean values.
        tasks: the tasks, main and auxiliary.

    Returns:
        NaN where a value is not finite, or a reference is missing or 0.
    """
    means = []
    for task in _main(tasks):
        names = {f"{task.name}.{metric.name}": metric for metric in task.table}
        changes = [_change(metrics, name, reference.get(name, math.nan), metric) for name, metric in names.items()]
        means.append(sum(changes) / len(changes))
    return sum(means) / len(means) if means else math.nan


def _change(metrics: Mapping[str, float], name: str, base: float, metric: Metric) -> float:
    """Relative change in percent, positive is better; NaN where nothing can be related to."""
    sign = 1.0 if metric.higher_is_better else -1.0
    return 100.0 * sign * (metrics[name] - base) / abs(base) if _relatable(base) else math.nan


def check_reference(reference: Mapping[str, float], tasks: Sequence[Task]) -> None:
    """Refuse single-task values that nothing can be related to.

    Auxiliary tasks may have one: they do not count, so they are no reason to stop a search.

    Raises:
        DataError: for every main task whose value is missing, zero or not finite.
    """
    problems = []
    for task in _main(tasks):
        value = reference.get(task.name, math.nan)
        if not _relatable(value):
            problems.append(
                f"the single-task baseline of '{task.name}' has {task.headline} = {value:g}, "
                "so no relative change can be taken: want a finite value other than 0; "
                "train longer, check the task's targets in the validation split, or leave the task out"
            )
    if problems:
        raise DataError(problems)


def values(metrics: Mapping[str, float], macs: int, params: int, objectives: Sequence[Objective]) -> dict[str, float]:
    """The value of each objective, by name.

    Args:
        metrics: final metrics of the trial, deltas included.
        macs: multiply-accumulates of one image.
        params: parameters of the network.
        objectives: as `resolve` gave them.
    """
    known: dict[str, Any] = {**metrics, MACS.name: macs, PARAMS.name: params}
    return {objective.name: float(known[objective.name]) for objective in objectives}


def volume_units(objectives: Sequence[Objective]) -> str:
    """Unit of the hypervolume: the product of the objectives' units, such as "% x MACs"."""
    return " x ".join(objective.unit or objective.name for objective in objectives)


def reference_point(
    objectives: Sequence[Objective],
    max_macs: int,
    max_params: int,
    trivial: Mapping[str, float],
    counts: Reference = USUAL,
) -> tuple[float, ...]:
    """The fixed reference point of the hypervolume; what is not better in every objective adds nothing.

    Args:
        objectives: as `resolve` gave them.
        max_macs: multiply-accumulates of the costliest pattern of the space.
        max_params: parameters of the largest one.
        trivial: "<task>.<metric>" -> value of the best constant prediction on the validation split.
        counts: the worst delta, and the worst cost as a multiple of the costliest pattern's.

    Returns:
        One value an objective; of a metric, the trivial predictor's.

    Raises:
        DataError: the trivial predictor's value is missing or not finite.
    """
    fixed = {
        DELTA_MTL.name: counts.delta,
        WORST_DELTA.name: counts.delta,
        MACS.name: counts.cost * max_macs,
        PARAMS.name: counts.cost * max_params,
    }
    point = {o.name: fixed.get(o.name, trivial.get(o.name, math.nan)) for o in objectives}
    undefined = [name for name, value in point.items() if not math.isfinite(value)]
    if undefined:
        raise DataError(
            f"the trivial predictor has no {', '.join(undefined)} on the validation split, so there is no "
            "reference point for the hypervolume: check that the split has valid targets, or choose other "
            "objectives"
        )
    return tuple(point.values())


def _relatable(value: float) -> bool:
    return math.isfinite(value) and value != 0


def _main(tasks: Sequence[Task]) -> list[Task]:
    return [task for task in tasks if task.main]


def _headline(task: Task) -> Metric:
    return next(metric for metric in task.table if metric.name == task.headline)
