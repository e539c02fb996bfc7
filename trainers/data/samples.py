"""A split read sample by sample: what data sets of many files offer beside `load`.

A data set of `trainers.data` that has a method ``samples(split, only=None) -> Samples`` can be streamed; `gathered` is
the same split in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from trainers.data.arrays import Arrays


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


def gathered(samples: Samples) -> Arrays:
    """All samples in memory, in order.

    Raises:
        DataError: as `Samples.read`.
    """
    first = samples.read(0)
    images = np.empty((len(samples), *first.image.shape), np.uint8)
    targets = {name: np.empty((len(samples), *each.shape), each.dtype) for name, each in first.targets.items()}
    for index in range(len(samples)):
        sample = samples.read(index)
        images[index] = sample.image
        for name, target in sample.targets.items():
            targets[name][index] = target
    return Arrays(images, targets)
