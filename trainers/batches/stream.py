"""Stream of batches from a split that does not fit in memory: processes read them while the network trains.

The same rows in the same order as from memory, so the same numbers. Without worker processes batches are read where
they are wanted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from spaces.common.cores import count_cores
from trainers.batches.cache import open_cache
from trainers.batches.readers import Readers
from trainers.batches.source import Batch, scale_images
from trainers.data.dataset import SampledDataSet
from trainers.tasks.task import Task

MOST = 8
"""Worker processes by default at most: our choice; each keeps two batches ready."""


@dataclass(frozen=True, eq=False)
class Stream:
    """One split.

    Args:
        readers: read its samples; shared by excerpts of the split.
        device: where batches are handed out; a copy to a GPU does not wait for its end.
        size: height and width of the images.
        images: how many there are.
    """

    readers: Readers
    device: torch.device
    size: tuple[int, int]
    images: int

    def __len__(self) -> int:
        return self.images

    def first(self, images: int) -> Stream:
        """The first images, read by the same processes."""
        return replace(self, images=min(images, self.images))

    def batches(self, size: int, tasks: Sequence[Task], order: Tensor | None = None) -> Iterator[Batch]:
        """See `Source.batches`."""
        rows = list(range(len(self))) if order is None else order.tolist()
        plan = [rows[start : start + size] for start in range(0, len(rows), size)]
        only = tuple(sorted(task.name for task in tasks if not task.target_from_image))
        for images, targets in self.readers.read(plan, only):
            # (B, H, W, 3) -> (B, 3, H, W), channels last in memory as it is
            moved = images.to(self.device, non_blocking=True).permute(0, 3, 1, 2)
            # Copied, as `scale_images` does with images: a batch's place is written again while it may still be in use.
            copied = {name: each.to(self.device, non_blocking=True, copy=True) for name, each in targets.items()}
            yield scale_images(moved), copied


def open_stream(data: SampledDataSet, name: str, device: str) -> Stream:
    """Stream a split of a data set.

    Args:
        data: whose split it is.
        name: of the split.
        device: such as "cpu" or "cuda".

    Raises:
        DataError: there is no such split; the folder of the cache cannot be written to.
    """
    where, loading = torch.device(device), data.loading
    workers = count_spare_cores(where) if loading.workers is None else loading.workers
    readers = Readers(lambda only: open_cache(data, name, only), name, workers, pin=where.type == "cuda")
    return Stream(readers, where, data.size, len(data.samples(name, only=())))


def count_spare_cores(device: torch.device) -> int:
    """Worker processes for a training on a device with torch's present number of threads.

    What is left of the cores, at least one. Training on CPUs it is no more than the training's own threads: several
    trainings share the cores, and decoding is less work than learning.
    """
    threads = torch.get_num_threads()
    return max(1, min(count_cores() - threads, threads if device.type == "cpu" else MOST))
