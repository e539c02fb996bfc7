"""The decoder stage over scales of one resolution: it climbs by itself."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spaces.networks.modules.blocks import make_convolution


class Ascent(nn.Module):
    """Decoder stage: the skip made narrow and resized to the previous output, both concatenated and convolved.

    All scales of a plain transformer have one resolution, so the decoder climbs by itself (our choice): the previous
    output is doubled first where it still has to rise.

    Args:
        inputs: channels of the previous output.
        skip: channels of the skip, 0 for a stage without one, which makes the previous output narrow instead.
        outputs: channels of the output.
        factor: by which the previous output is enlarged.
    """

    def __init__(self, inputs: int, skip: int, outputs: int, factor: int) -> None:
        super().__init__()
        self.factor = factor
        self.squeeze = nn.Conv2d(skip or inputs, outputs, 1)
        self.fuse = make_convolution(inputs + outputs if skip else outputs, outputs)

    def forward(self, previous: Tensor, skip: Tensor | None = None) -> Tensor:
        """``(B, inputs, h, w), (B, skip, h', w') -> (B, outputs, factor h, factor w)``."""
        size = [self.factor * side for side in previous.shape[-2:]]
        parts = (self.squeeze(previous),) if skip is None else (previous, self.squeeze(skip))
        risen = [F.interpolate(part, size=size, mode="bilinear", align_corners=False) for part in parts]
        return self.fuse(torch.cat(risen, dim=1))
