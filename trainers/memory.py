"""A split held in memory as tensors, on the device that trains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from trainers.tasks.task import Task


@dataclass(frozen=True, eq=False)
class Split:
    """Images and canonical targets of one split.

    Args:
        images: (N, 3, H, W) uint8, channels last.
        targets: per task, (N, ...) in the task's canonical form; tasks that reconstruct the image have none.
    """

    images: Tensor
    targets: dict[str, Tensor]

    def __len__(self) -> int:
        return len(self.images)

    def batch(self, rows: Tensor | slice, tasks: Sequence[Task]) -> tuple[Tensor, dict[str, Tensor]]:
        """Images in [0, 1], and the targets of the given tasks that do not come from the image."""
        images = self.images[rows].to(torch.float32, memory_format=torch.channels_last).div_(255)
        return images, {task.name: self.targets[task.name][rows] for task in tasks if not task.target_from_image}

    def batches(self, size: int, tasks: Sequence[Task]) -> Iterator[tuple[Tensor, dict[str, Tensor]]]:
        """The whole split in order."""
        for start in range(0, len(self), size):
            yield self.batch(slice(start, start + size), tasks)


@lru_cache(maxsize=4)
def split(data: Any, name: str, device: str) -> Split:
    """Load a split of a data set onto a device, once a process.

    Args:
        data: a data set of `trainers.data`; hashable.
        name: "train", "val" or "test".
        device: such as "cpu" or "cuda".
    """
    arrays = data.load(name)
    images = torch.from_numpy(arrays.images).permute(0, 3, 1, 2)  # (N, 3, H, W), channels last in memory
    targets = {task: torch.from_numpy(target).to(device) for task, target in arrays.targets.items()}
    return Split(images.to(device).contiguous(memory_format=torch.channels_last), targets)
