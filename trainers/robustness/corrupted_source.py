"""A split whose images are corrupted on their way, while its targets stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from trainers.batches.source import Batch, Source
from trainers.batches.wrapped_source import WrappedSource
from trainers.robustness.corruptions.corruption import Corruption, corrupt
from trainers.tasks.task import Task


@dataclass(frozen=True, eq=False)
class CorruptedSource(WrappedSource):
    """A `Source`, whose images are the same whatever the batches.

    Args:
        source: of the images before.
        corruption: what befalls them.
        severity: 0 to 5.
        seed: of what is drawn.
    """

    source: Source
    corruption: Corruption
    severity: int
    seed: int

    def first(self, images: int) -> CorruptedSource:
        """The first images, corrupted as they are in the whole."""
        return replace(self, source=self.source.first(images))

    def batches(self, size: int, tasks: Sequence[Task], order: Tensor | None = None) -> Iterator[Batch]:
        """See `Source.batches`; tasks whose target is the image get the one from before."""
        rows = range(len(self)) if order is None else order.tolist()
        start = 0
        for images, targets in self.source.batches(size, tasks, order):
            numbers = rows[start : start + len(images)]
            start += len(images)
            before = images.permute(0, 2, 3, 1).cpu().numpy()  # (B, H, W, 3)
            after = np.ascontiguousarray(corrupt(before, self.corruption, self.severity, self.seed, numbers))
            changed = (
                torch.from_numpy(after).permute(0, 3, 1, 2).to(images.device)
            )  # channels last in memory, as before
            yield changed, keep_images(images, targets, tasks)


def keep_images(images: Tensor, targets: dict[str, Tensor], tasks: Sequence[Task]) -> dict[str, Tensor]:
    """Targets of a batch whose images are about to be changed."""
    return {**targets, **{task.name: images for task in tasks if task.target_from_image}}
