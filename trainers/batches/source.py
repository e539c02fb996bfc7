"""A split as training and measuring see it, wherever its samples lie: `memory.Split` or `stream.Stream`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import torch
from torch import Tensor

from trainers.tasks.task import Task

Batch = tuple[Tensor, dict[str, Tensor]]
"""Images ``(B, 3, H, W)`` in [0, 1], channels last, and canonical targets by task."""


class Source(Protocol):
    """Images with targets in a fixed order."""

    @property
    def device(self) -> torch.device:
        """Where batches are handed out."""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the images."""

    def __len__(self) -> int:
        """How many images there are."""

    def first(self, images: int) -> Source:
        """The split's first images alone; all of them where there are fewer."""

    def batches(self, size: int, tasks: Sequence[Task], order: Tensor | None = None) -> Iterator[Batch]:
        """Batches of the same values whatever the kind of source; one pass at a time.

        Args:
            size: images a batch; the last one may be smaller.
            tasks: whose targets are wanted; those that come from the image are not among them.
            order: rows to hand out, in turn; None for the whole split in its order.

        Raises:
            DataError: a sample cannot be read.
        """


def scale_images(images: Tensor) -> Tensor:
    """``(B, 3, H, W)`` uint8 -> floats in [0, 1], channels last."""
    return images.to(torch.float32, memory_format=torch.channels_last).div_(255)
