"""Ring buffer of batches: places that are filled in turn and used again.

Fresh memory for every batch, above all what processes share, costs more than the copying;
`experiments.benchmarks.throughput` has a DataLoader that takes it beside this.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from trainers.data.splits.samples import Sample

Stacked = tuple[Tensor, dict[str, Tensor]]
"""Images (B, H, W, 3) uint8, and canonical targets by task."""


class Ring:
    """Room for as many batches as there are at a time.

    Args:
        like: a sample, whose shapes and types all have.
        places: how many batches.
        size: samples of the largest batch.
    """

    def __init__(self, like: Sample, places: int, size: int) -> None:
        self._images = _room(like.image, places, size)
        self._targets = {name: _room(target, places, size) for name, target in like.targets.items()}

    def share(self) -> None:
        """From now on it travels to other processes as a whole, and what they put in is there for all.

        Raises:
            RuntimeError: there is not as much shared memory.
        """
        for room in (self._images, *self._targets.values()):
            room.share_memory_()

    def put(self, place: int, row: int, sample: Sample) -> None:
        """Write a sample of a batch."""
        self._images[place, row].numpy()[...] = sample.image
        for name, target in sample.targets.items():
            self._targets[name][place, row].numpy()[...] = target

    def batch(self, place: int, rows: int) -> Stacked:
        """Views of the batch that was written there last."""
        return self._images[place, :rows], {name: room[place, :rows] for name, room in self._targets.items()}


def _room(like: np.ndarray, places: int, size: int) -> Tensor:
    dtype = torch.from_numpy(np.empty(0, like.dtype)).dtype
    return torch.empty((places, size, *like.shape), dtype=dtype)
