"""What stands between a source of batches and those who ask for them."""

from __future__ import annotations

import torch

from trainers.batches.source import Source


class WrappedSource:
    """Of the size, the device and the number of images of another; a base, whose subclasses say what happens between.

    Args:
        source: that is wrapped.
    """

    source: Source

    @property
    def device(self) -> torch.device:
        """Where batches are handed out."""
        return self.source.device

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the images."""
        return self.source.size

    def __len__(self) -> int:
        return len(self.source)
