"""The head of the PDF network: it reads the outputs of all decoder stages."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spaces.networks.modules.heads.resize import resize


class MultiScaleHead(nn.Module):
    """Every scale squeezed, all resized to the finest and concatenated, one last convolution, activation, resizing.

    Gurulingan et al. 2022, A.3, and their code.

    Args:
        squeeze: a convolution for each decoder output, low resolution to high.
        final: convolution over the concatenated scales.
        activation: of the final convolution's output, before it is resized to the labels.
    """

    def __init__(self, squeeze: list[nn.Conv2d], final: nn.Conv2d, activation: nn.Module) -> None:
        super().__init__()
        self.squeeze = nn.ModuleList(squeeze)
        self.final = final
        self.activation = activation

    def forward(self, outputs: tuple[Tensor, ...], size: tuple[int, int]) -> Tensor:
        """``(B, inputs, h, w)`` of each scale ``-> (B, channels, *size)``."""
        finest = outputs[-1].shape[-2:]
        scales = [
            F.interpolate(squeeze(output), size=finest, mode="bilinear", align_corners=False)
            for squeeze, output in zip(self.squeeze, outputs, strict=True)
        ]
        raw = self.final(torch.cat(scales, dim=1))
        return resize(self.activation(raw), size, training=self.training)


def make_logit_head(inputs: int, middle: int, scales: int, channels: int) -> MultiScaleHead:
    """Head for segmentation and edges: pointwise all through, with biases, no activation."""
    squeeze = [nn.Conv2d(inputs, middle, 1) for _ in range(scales)]
    return MultiScaleHead(squeeze, nn.Conv2d(scales * middle, channels, 1), nn.Identity())


def make_value_head(inputs: int, middle: int, scales: int, channels: int, activation: nn.Module) -> MultiScaleHead:
    """Head for continuous values: squeezed without biases, last convolution 3x3 with one."""
    squeeze = [nn.Conv2d(inputs, middle, 1, bias=False) for _ in range(scales)]
    return MultiScaleHead(squeeze, nn.Conv2d(scales * middle, channels, 3, padding=1), activation)
