"""The decoder stage of the PDF network: a residual bottleneck over previous output and skip."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ResidualDecoder(nn.Module):
    """Previous output resized to the skip, concatenated with it, squeezed by a bottleneck and added to itself.

    Gurulingan et al. 2022, A.3, and their code. The residual is the resized previous output; where that has not as many
    channels as the output (the first stage), a 1x1 convolution brings it there.

    Args:
        inputs: channels of the previous output.
        skip: channels of the skip.
        middle: channels inside.
        outputs: channels of the output.
    """

    def __init__(self, inputs: int, skip: int, *, middle: int, outputs: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(inputs + skip, middle, 1, bias=False)
        self.squeeze_norm = nn.BatchNorm2d(middle)
        self.refine = nn.Conv2d(middle, middle, 3, padding=1, bias=False)
        self.refine_norm = nn.BatchNorm2d(middle)
        self.expand = nn.Conv2d(middle, outputs, 1, bias=False)
        self.expand_norm = nn.BatchNorm2d(outputs)
        self.project = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1, bias=False)

    def forward(self, previous: Tensor, skip: Tensor) -> Tensor:
        """``(B, inputs, h, w), (B, skip, H, W) -> (B, outputs, H, W)``."""
        previous = F.interpolate(previous, size=skip.shape[-2:], mode="bilinear", align_corners=False)
        inside = torch.cat((previous, skip), dim=1)
        inside = F.relu(self.squeeze_norm(self.squeeze(inside)))
        inside = F.relu(self.refine_norm(self.refine(inside)))
        return F.relu(self.expand_norm(self.expand(inside)) + self.project(previous))
