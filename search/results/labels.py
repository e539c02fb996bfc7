"""What the labels of a split say, in the layout in which networks answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from trainers.data.splits.arrays import Arrays
    from trainers.tasks.task import Task


def arrange_labels(arrays: Arrays, tasks: Sequence[Task]) -> dict[str, np.ndarray]:
    """By task as its `answer` has it; none of tasks that learn the image itself.

    Returns:
        NaN where nothing is known, and -1 where ids are wanted.
    """
    return {task.name: _arrange(task, arrays.targets[task.name]) for task in tasks if task.name in arrays.targets}


def _arrange(task: Task, targets: np.ndarray) -> np.ndarray:
    import numpy as np  # as with torch, those who read patterns alone do without

    unknown = task.find_invalid(targets)
    if targets.ndim == 4:
        targets = np.moveaxis(targets, 1, -1)
        unknown = unknown[..., None]
    first = getattr(task, "first_class", None)
    if first is not None:
        found = np.where(unknown, -1, targets + first).astype(np.int32)
    else:
        found = np.where(unknown, np.nan, targets).astype(np.float32)
    return found[..., 0] if found.ndim == 4 and found.shape[-1] == 1 else found
