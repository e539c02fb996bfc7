"""Samples of a split, read one by one: what data sets of many files offer beside `load`.

A data set that is `trainers.data.dataset.Sampled` can be streamed; `gather_samples` gives the same split in memory.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from spaces.errors import DataError
from trainers.data.splits.arrays import Arrays


@dataclass(frozen=True, eq=False)
class Sample:
    """One image with its targets.

    Args:
        image: (H, W, 3) uint8 RGB.
        targets: by task name, in the task's canonical form without the first axis; none where the target is the image.
    """

    image: np.ndarray
    targets: dict[str, np.ndarray]


class Samples(Protocol):
    """One split, whose samples all have one shape; it travels to worker processes without what was decoded."""

    def __len__(self) -> int:
        """How many there are."""

    def read(self, index: int) -> Sample:
        """Read and decode one.

        Raises:
            DataError: a file is missing, damaged, or does not fit its task; with its path and the rule.
        """


def gather_samples(samples: Samples, threads: int = 1) -> Arrays:
    """All samples in memory, in order.

    Args:
        samples: to read.
        threads: that read at a time; decoders work beside each other.

    Raises:
        DataError: as `Samples.read`; a sample is of another shape than the first.
    """
    first = samples.read(0)
    images = np.empty((len(samples), *first.image.shape), np.uint8)
    targets = {name: np.empty((len(samples), *each.shape), each.dtype) for name, each in first.targets.items()}

    def fill(index: int) -> None:
        sample = samples.read(index)
        for name, room, array in (
            ("image", images, sample.image),
            *((name, targets[name], target) for name, target in sample.targets.items()),
        ):
            if array.shape != room.shape[1:]:
                raise DataError(
                    f"sample {index}: {name} has shape {array.shape}, that of sample 0 {room.shape[1:]}; "
                    "want all samples alike: crop or resize them to one size"
                )
            room[index] = array

    pool = ThreadPoolExecutor(threads)
    try:
        for _ in pool.map(fill, range(len(samples))):
            pass
    finally:
        pool.shutdown(cancel_futures=True)
    return Arrays(images, targets)
