from __future__ import annotations

import torch

from trainers.batches.source import scale_images


def test_images_become_fractions_with_channels_last() -> None:
    images = torch.arange(256, dtype=torch.uint8).view(1, 1, 16, 16).repeat(2, 3, 1, 1)
    scaled = scale_images(images)
    assert scaled.dtype == torch.float32
    assert scaled.is_contiguous(memory_format=torch.channels_last)
    assert scaled.min() == 0
    assert scaled.max() == 1
    assert torch.equal((scaled * 255).round().to(torch.uint8), images)  # nothing is lost


def test_the_bytes_are_left_alone() -> None:
    images = torch.full((1, 3, 2, 2), 7, dtype=torch.uint8).contiguous(memory_format=torch.channels_last)
    scale_images(images).zero_()
    assert (images == 7).all()
