"""Mirroring, enlarging and turning of maps, as pure tensor operations on whole batches.

Tasks build their ``flip`` and ``zoom`` on these; the image itself goes through ``enlarge_image``. Both
enlargements sample the same places (pixel centres, no corner alignment), so targets stay registered with the
image. Answers are turned by ``values_last`` into the layout of images and users' arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Box = tuple[int, int, int, int]
"""A crop: (top, left, height, width) in pixels."""


def mirror(maps: Tensor) -> Tensor:
    """Left-right mirror of ``(..., H, W)`` maps."""
    return maps.flip(-1)


def enlarge(maps: Tensor, box: Box) -> Tensor:
    """Crop ``(..., H, W)`` maps of any dtype and bring the crop back to (H, W), nearest neighbour.

    Nearest, because a blend of a valid and an invalid value would be a wrong valid value.
    """
    top, left, height, width = box
    rows = _nearest(maps.shape[-2], height, maps.device) + top
    columns = _nearest(maps.shape[-1], width, maps.device) + left
    return maps.index_select(-2, rows).index_select(-1, columns)


def enlarge_image(images: Tensor, box: Box) -> Tensor:
    """Crop ``(B, C, H, W)`` images and bring the crop back to (H, W), bilinear; the memory format is kept."""
    import torch.nn.functional as F  # torch: 1.5 s, configurations and data are checked without

    top, left, height, width = box
    crop = images[:, :, top : top + height, left : left + width]
    return F.interpolate(crop, size=images.shape[-2:], mode="bilinear", align_corners=False)


def values_last(maps: Tensor) -> Tensor:
    """``(B, C, H, W) -> (B, H, W, C)``, and ``(B, 1, H, W) -> (B, H, W)``."""
    return maps.squeeze(1) if maps.shape[1] == 1 else maps.permute(0, 2, 3, 1)


def _nearest(size: int, cropped: int, device: torch.device) -> Tensor:
    """Index into ``cropped`` pixels of the one nearest to each of ``size`` pixel centres."""
    import torch  # torch: 1.5 s, configurations and data are checked without

    centres = (torch.arange(size, dtype=torch.float64) + 0.5) * (cropped / size)
    return centres.long().to(device)
