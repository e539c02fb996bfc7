"""Constant predictions, which a network must beat: the best one of every task on the same split.

Median depth, mean normal, majority class and so on, fitted on the very split that they are scored on, through
the same statistics and metrics as a network's predictions. Of a large split they are fitted on some images, drawn
once and for all, for no exact median is to be had in bounded memory; they are scored on all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from trainers.tasks.task import Task

if TYPE_CHECKING:
    from torch import Tensor

    from trainers.batches.source import Source

CHUNK = 2**20
"""Predicted values scored at a time: about 50 MB of temporaries."""
FITTED = 2**25
"""Pixels of the images that a constant is fitted on at most: 109 images of 480x640. Our choice."""


def measure_constants(split: Source, tasks: Sequence[Task]) -> dict[str, float]:
    """Score the best constant of each task.

    Args:
        split: what the constants are fitted and scored on; the same values in memory and as a stream.
        tasks: to score.

    Returns:
        Value by "<task>.<metric>".
    """
    pixels = split.size
    constants = {task.name: task.trivial(_fitted(split, task)) for task in tasks}
    sums: dict[str, Tensor] = {}
    size = max(1, CHUNK // (max(task.channels for task in tasks) * math.prod(pixels)))
    for images, targets in split.batches(size, tasks):
        for task in tasks:
            target = images if task.target_from_image else targets[task.name]
            places = pixels if task.dense else ()
            statistics = task.statistics(constants[task.name].expand(len(target), -1, *places), target)
            sums[task.name] = sums[task.name] + statistics if task.name in sums else statistics
    return {f"{task.name}.{metric}": value for task in tasks for metric, value in task.metrics(sums[task.name]).items()}


def _fitted(split: Source, task: Task) -> Tensor:
    """Targets of the whole split, or of images drawn from a large one."""
    import torch  # torch: 1.5 s, configurations and data are checked without

    pixels = math.prod(split.size)
    most = max(1, FITTED // pixels)
    order = torch.arange(len(split))
    if len(split) > most:
        order = torch.randperm(len(split), generator=torch.Generator().manual_seed(0))[:most].sort().values
    parts = split.batches(max(1, CHUNK // pixels), [task], order)
    return torch.cat([images if task.target_from_image else targets[task.name] for images, targets in parts])
