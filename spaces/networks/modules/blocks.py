"""Blocks that several families have in common: convolutions, a decoder stage over a skip, the pointwise head."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spaces.networks.modules.heads.resize import resize
from spaces.networks.modules.layer import Layer
from spaces.networks.modules.output import Output
from spaces.networks.modules.pixels import STATISTICS
from spaces.networks.modules.pooled import PooledHead


def make_convolution(inputs: int, outputs: int, *, stride: int = 1) -> nn.Sequential:
    """3x3 convolution with batch-norm and ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Branch(nn.Conv2d):
    """A convolution without bias, of odd kernel; a 1x1 one picks its pixels before.

    On CPUs torch's own 1x1 convolution with a stride writes beyond its memory in the backward pass of images laid out
    channels last (torch 2.13).
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int) -> None:
        super().__init__(inputs, outputs, kernel, 1 if kernel == 1 else stride, kernel // 2, bias=False)
        self.step = stride if kernel == 1 else 1

    def forward(self, features: Tensor) -> Tensor:
        """``(B, inputs, H, W) -> (B, outputs, H/stride, W/stride)``, rounded up."""
        return super().forward(features[:, :, :: self.step, :: self.step])


class Standardise(nn.Module):
    """Colours as published weights expect them: less a mean, over a standard deviation.

    Args:
        pixels: name in `STATISTICS`.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, pixels: str) -> None:
        super().__init__()
        for name, values in zip(("mean", "std"), STATISTICS[pixels], strict=True):
            self.register_buffer(name, torch.tensor(values).view(3, 1, 1), persistent=False)

    def forward(self, image: Tensor) -> Tensor:
        """``(B, 3, H, W) in [0, 1] -> (B, 3, H, W)``."""
        return (image - self.mean) / self.std


class Downsample(nn.Module):
    """Halves the resolution: stride-2 convolution, then a residual one."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.down = make_convolution(inputs, outputs, stride=2)
        self.refine = make_convolution(outputs, outputs)

    def forward(self, features: Tensor) -> Tensor:
        """``(B, inputs, H, W) -> (B, outputs, H/2, W/2)``."""
        down = self.down(features)
        return down + self.refine(down)

    def layers(self) -> tuple[Layer, ...]:
        """The two convolutions; the second one's sum is one layer, so that gates take it whole."""
        return Layer(self.down), Layer(self.refine, reads=(1, 1), skip=nn.Identity())


class Refine(nn.Module):
    """Decoder stage: previous output resized to the skip, concatenated with it, convolved twice.

    Without a skip (the deepest stage) it only convolves.
    """

    def __init__(self, inputs: int, skip: int, outputs: int) -> None:
        super().__init__()
        self.fuse = make_convolution(inputs + skip, outputs)
        self.refine = make_convolution(outputs, outputs)

    def forward(self, previous: Tensor, skip: Tensor | None = None) -> Tensor:
        """``(B, inputs, h, w), (B, skip, H, W) -> (B, outputs, H, W)``."""
        if skip is not None:
            resized = F.interpolate(previous, size=skip.shape[-2:], mode="bilinear", align_corners=False)
            previous = torch.cat((resized, skip), dim=1)
        fused = self.fuse(previous)
        return fused + self.refine(fused)


class Normalise(nn.Module):
    """Batch-norm and ReLU after a branch, and a residual that is added where there is one."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, features: Tensor, before: Tensor | None = None) -> Tensor:
        """``(B, C, H, W)[, (B, C, H, W)] -> (B, C, H, W)``."""
        output = F.relu(self.norm(features))
        return output if before is None else before + output


class PointwiseHead(nn.Module):
    """1x1 convolution on the finest decoder output, resized to the labels."""

    def __init__(self, inputs: int, channels: int) -> None:
        super().__init__()
        self.project = nn.Conv2d(inputs, channels, 1)

    def forward(self, outputs: tuple[Tensor, ...], size: tuple[int, int]) -> Tensor:
        """``(B, inputs, h, w) -> (B, channels, *size)``; reads the last of the decoder outputs."""
        return resize(self.project(outputs[-1]), size, training=self.training)


def make_finest_head(width: int, output: Output) -> nn.Module:
    """A head on the finest decoder output, of ``width`` channels, whatever the kind; of its mean for whole images."""
    if not output.dense:
        return PooledHead([width], output.channels)
    return PointwiseHead(width, output.channels)
