"""Mean rank of trials: how they stand to each other, task by task, whatever the units.

A measure of published comparisons beside Delta_MTL. It tells nothing of how large differences are, and changes when a
trial is added; so it is reported and never an objective.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from search.jobs.trial import Trial
    from trainers.tasks.task import Task


def compute_mean_ranks(trials: Sequence[Trial], tasks: Sequence[Task]) -> dict[int, float]:
    """Mean over the main tasks of a trial's rank by the task's headline metric, 1 for the best; equals share a rank.

    Args:
        trials: any; those without a finite value of every main task have no rank and do not count.
        tasks: the tasks, main and auxiliary.

    Returns:
        By number of the trial; empty without a main task.
    """
    main = [task for task in tasks if task.main]
    names = [f"{task.name}.{task.headline}" for task in main]
    signs = [-1.0 if _is_higher_better(task) else 1.0 for task in main]
    ranked = [
        trial
        for trial in trials
        if trial.complete and main and all(math.isfinite(trial.metrics.get(name, math.nan)) for name in names)
    ]
    if not ranked:
        return {}
    values = np.array([[trial.metrics[name] for name in names] for trial in ranked]) * signs  # (trials, tasks)
    ordered = np.sort(values, axis=0)  # not pair by pair: of 10,000 trials those take seconds, and gigabytes
    before, upto = (
        np.stack([np.searchsorted(*columns, side=side) for columns in zip(ordered.T, values.T, strict=True)], axis=1)
        for side in ("left", "right")
    )
    ranks = (before + upto + 1) / 2
    return {trial.number: float(mean) for trial, mean in zip(ranked, ranks.mean(1), strict=True)}


def _is_higher_better(task: Task) -> bool:
    return next(metric.higher_is_better for metric in task.table if metric.name == task.headline)
