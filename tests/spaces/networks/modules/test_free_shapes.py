"""Shapes of what costs nothing: as torch has them."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F

from spaces.networks.modules.free_shapes import FreeShapes


@pytest.mark.parametrize(
    "forward",
    [
        torch.nn.BatchNorm2d(6, device="meta").eval(),
        torch.nn.BatchNorm2d(6, device="meta", affine=False).eval(),
        lambda images: F.interpolate(images, size=(7, 20), mode="bilinear", align_corners=False),
        lambda images: F.interpolate(images, scale_factor=2, mode="bilinear", align_corners=True),
        torch.nn.Conv2d(6, 4, 3, device="meta"),
    ],
)
def test_they_are_torch_s_own(forward: Any) -> None:
    images = torch.empty(2, 6, 8, 10, device="meta")
    with torch.no_grad():
        wanted = forward(images)
        with FreeShapes():
            found = forward(images)
    assert (found.shape, found.dtype, found.device) == (wanted.shape, wanted.dtype, wanted.device)
