"""Bilinear resizing of a head's output to the labels: in training on a CPU by two products of matrices."""

from __future__ import annotations

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

LARGEST = 128
"""Pixels of a side up to which products of matrices are used, whose time grows with its cube. Our choice."""


def resize(maps: Tensor, size: tuple[int, int], *, training: bool) -> Tensor:
    """Bilinear, corners not aligned: ``(B, C, h, w) -> (B, C, *size)``.

    For few channels torch is slow at it, and slower at its gradient. Products of matrices give the same but for the
    last bits, and channels apart, which losses are quicker on. Where nothing is learned torch's own is called, which
    exported graphs have as one node.

    Args:
        maps: of any kind of device.
        size: height and width that are wanted.
        training: whether a gradient will be asked for.
    """
    small = max(*maps.shape[-2:], *size) <= LARGEST
    if not (training and small and maps.device.type == "cpu" and maps.dtype == torch.float32):
        return F.interpolate(maps, size=size, mode="bilinear", align_corners=False)
    rows, columns = (_make_matrix(*each) for each in zip(maps.shape[-2:], size, strict=True))
    return rows.mT @ (maps.contiguous() @ columns)


@lru_cache(maxsize=64)  # of a few sizes, some kilobytes each
def _make_matrix(before: int, after: int) -> Tensor:
    """``(before, after)``: what each value of a line adds to those of the resized one."""
    lines = torch.eye(before)[None, None]
    return F.interpolate(lines, size=(before, after), mode="bilinear", align_corners=False)[0, 0].contiguous()
