"""What a network must beat: the best constant prediction of every task on the same split.

Median depth, mean normal, majority class and so on, fitted on the very split that they are scored on, through
the same statistics and metrics as a network's predictions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from trainers.tasks.task import Task

if TYPE_CHECKING:
    from torch import Tensor

    from trainers.memory import Split

CHUNK = 2**20
"""Predicted values scored at a time: about 50 MB of temporaries."""


def trivial(split: Split, tasks: Sequence[Task]) -> dict[str, float]:
    """Score the best constant of each task.

    Args:
        split: what the constants are fitted and scored on.
        tasks: to score.

    Returns:
        Value by "<task>.<metric>".
    """
    scores = {}
    for task in tasks:
        target = split.batch(slice(None), ())[0] if task.target_from_image else split.targets[task.name]
        metrics = _score(task, target)
        scores.update({f"{task.name}.{metric}": value for metric, value in metrics.items()})
    return scores


def _score(task: Task, target: Tensor) -> dict[str, float]:
    constant = task.trivial(target)
    pixels = tuple(target.shape[-2:]) if task.dense else ()
    size = max(1, CHUNK // (task.channels * math.prod(pixels)))
    parts = (task.statistics(constant.expand(len(chunk), -1, *pixels), chunk) for chunk in target.split(size))
    return task.metrics(sum(parts, start=next(parts)))
