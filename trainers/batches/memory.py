"""A split held in memory as tensors, on the device that trains; and which splits are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from spaces.common.cores import count_cores
from trainers.batches.source import Batch, Source, scale_images
from trainers.batches.stream import open_stream
from trainers.data.dataset import DataSet, Sampled
from trainers.data.splits.arrays import Arrays
from trainers.data.splits.samples import Sample, gather_samples
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

    @property
    def device(self) -> torch.device:
        """Where the tensors lie."""
        return self.images.device

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        height, width = self.images.shape[-2:]
        return height, width

    def first(self, images: int) -> Split:
        """Views of the first images and their targets."""
        return Split(self.images[:images], {name: target[:images] for name, target in self.targets.items()})

    def batch(self, rows: Tensor | slice, tasks: Sequence[Task]) -> Batch:
        """Images in [0, 1], and the targets of the given tasks that do not come from the image."""
        targets = {task.name: self.targets[task.name][rows] for task in tasks if not task.target_from_image}
        return scale_images(self.images[rows]), targets

    def batches(self, size: int, tasks: Sequence[Task], order: Tensor | None = None) -> Iterator[Batch]:
        """See `Source.batches`."""
        rows = None if order is None else order.to(self.device)
        for start in range(0, len(self) if rows is None else len(rows), size):
            part = slice(start, start + size)
            yield self.batch(part if rows is None else rows[part], tasks)


@lru_cache(maxsize=4)
def load_split(data: DataSet, name: str, device: str) -> Source:
    """A split of a data set on a device, once a process: in memory, or streamed if it is of files and too large.

    Args:
        data: hashable.
        name: "train", "val" or "test".
        device: such as "cpu" or "cuda".

    Raises:
        DataError: files are missing or damaged.
    """
    if not isinstance(data, Sampled):
        return _held(data.load(name), device)
    samples = data.samples(name)
    if len(samples) * _bytes(samples.read(0)) > data.loading.memory_gb * 1e9:
        return open_stream(data, name, device)
    return _held(gather_samples(samples, threads=count_cores()), device)


def _held(arrays: Arrays, device: str) -> Split:
    images = torch.from_numpy(arrays.images).permute(0, 3, 1, 2)  # (N, 3, H, W), channels last in memory
    targets = {task: torch.from_numpy(target).to(device) for task, target in arrays.targets.items()}
    return Split(images.to(device).contiguous(memory_format=torch.channels_last), targets)


def _bytes(sample: Sample) -> int:
    return sample.image.nbytes + sum(target.nbytes for target in sample.targets.values())
