"""Change against single-task networks, in percent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from search.problem.objectives import _main
from spaces.errors import DataError
from trainers.tasks.metric import Metric
from trainers.tasks.task import Task


def compute_delta(
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
        "<task>.delta" for every task, "delta_mtl" (mean over main tasks), "worst_delta" (least over them), of a
        ``whole`` reference "delta_all", see there, and what `relate_conditions` tells.
        NaN where a metric is NaN, for an auxiliary task to whose reference nothing can be related, and for mean
            and least without a main task, which `resolve` lets pass when neither is an objective.

    Raises:
        DataError: see `check_reference`.
    """
    check_reference(reference, tasks)
    changes = compute_changes(metrics, reference, tasks)
    counted = [changes[task.name] for task in _main(tasks)] or [math.nan]
    # min() would drop a NaN that does not come first; a trial with an undefined metric has an undefined worst
    # task.
    worst = math.nan if any(map(math.isnan, counted)) else min(counted)
    deltas = {f"{name}.delta": change for name, change in changes.items()}
    found = {**deltas, "delta_mtl": sum(counted) / len(counted), "worst_delta": worst}
    found |= relate_conditions(metrics, reference, tasks)
    return found if whole is None else {**found, "delta_all": compute_delta_all(metrics, whole, tasks)}


def compute_changes(
    metrics: Mapping[str, float], reference: Mapping[str, float], tasks: Sequence[Task]
) -> dict[str, float]:
    """Relative change of each task's headline metric in percent, by task, positive is better.

    Args:
        metrics: "<task>.<metric>" -> value.
        reference: task -> headline value that it is related to.
        tasks: any.

    Returns:
        NaN where nothing can be related to.
    """
    return {
        task.name: _change(metrics, f"{task.name}.{task.headline}", reference.get(task.name, math.nan), _headline(task))
        for task in tasks
    }


def relate_conditions(
    metrics: Mapping[str, float], reference: Mapping[str, float], tasks: Sequence[Task]
) -> dict[str, float]:
    """What networks are worth under other conditions: against the same single-task networks, on clean images.

    A change against a network's own clean value flatters those that know little, for they have little to lose.

    Args:
        metrics: "<prefix>.<task>.<metric>" -> headline values under conditions, among others.
        reference: task -> mean headline value of its single-task networks.
        tasks: any.

    Returns:
        "<prefix>.delta_mtl" in percent, positive is better: the mean over main tasks, over all where none is main.
    """
    counted = _main(tasks) or list(tasks)
    endings = {f".{task.name}.{task.headline}": task for task in counted}
    first = next(iter(endings))
    told = {}
    for prefix in [name.removesuffix(first) for name in metrics if name.endswith(first)]:
        values = {ending[1:]: metrics.get(prefix + ending, math.nan) for ending in endings}
        changes = compute_changes(values, reference, counted)
        told[f"{prefix}.delta_mtl"] = sum(changes.values()) / len(changes)
    return told


def tell_changes(
    prefix: str, metrics: Mapping[str, float], clean: Mapping[str, float], tasks: Sequence[Task]
) -> dict[str, float]:
    """Metrics under other conditions and what has changed by them, under names that begin with a prefix.

    Args:
        prefix: of the conditions, such as "noise".
        metrics: "<task>.<metric>" -> headline values under them.
        clean: the same without.
        tasks: any.

    Returns:
        "<prefix>.<task>.<metric>", "<prefix>.<task>.delta" in percent, positive is better, and "<prefix>.delta", the
        mean of these over main tasks, of all where none is main.
    """
    changes = compute_changes(metrics, {task.name: clean[f"{task.name}.{task.headline}"] for task in tasks}, tasks)
    counted = [changes[task.name] for task in _main(tasks)] or [*changes.values()]
    told = {f"{prefix}.{name}": value for name, value in metrics.items()}
    told |= {f"{prefix}.{name}.delta": value for name, value in changes.items()}
    return {**told, f"{prefix}.delta": sum(counted) / len(counted)}


def compute_delta_all(metrics: Mapping[str, float], reference: Mapping[str, float], tasks: Sequence[Task]) -> float:
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


def _relatable(value: float) -> bool:
    return math.isfinite(value) and value != 0


def _headline(task: Task) -> Metric:
    return next(metric for metric in task.table if metric.name == task.headline)
