"""Non-learnable primitives and their recombination: the shared branch of explicit task routing.

Reconstructed from the abstract of Ding et al. (CVPR 2023) and from ports of theirs and earlier work; the list and every
setting are our choice, so this is no replication. What a primitive draws is drawn once, kept in buffers that are saved
and moved with the network, and never seen by an optimiser.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spaces.pattern.mixing import count_groups

DENSITY = 0.1  # share of the places of a sparse kernel that are not zero
LEVEL = 0.1  # standard deviation of the noise
PATCH = 8  # side of the noise pattern, in pixels; it is laid out as tiles


class Average(nn.Module):
    """Mean of 3x3 pixels, those beyond the border left out."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, features: Tensor) -> Tensor:
        """``(B, C, H, W) -> (B, C, H/stride, W/stride)``, rounded up, as all primitives."""
        return F.avg_pool2d(features, 3, self.stride, 1, count_include_pad=False)


class Maximum(nn.Module):
    """Greatest of 3x3 pixels."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, features: Tensor) -> Tensor:
        """``(B, C, H, W) -> (B, C, H/stride, W/stride)``."""
        return F.max_pool2d(features, 3, self.stride, 1)


class Identity(nn.Module):
    """Every stride-th pixel."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, features: Tensor) -> Tensor:
        """``(B, C, H, W) -> (B, C, H/stride, W/stride)``."""
        return features[:, :, :: self.stride, :: self.stride]


class Shift(nn.Module):
    """A pixel's neighbour: the first quarter of the channels looks left, the others right, up and down.

    Beyond the border is zero. Where channels do not divide by four, the first quarters are one channel larger.
    """

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, features: Tensor) -> Tensor:
        """``(B, C, H, W) -> (B, C, H/stride, W/stride)``."""
        height, width = features.shape[-2:]
        quarters = F.pad(features, (1, 1, 1, 1)).tensor_split(4, 1)
        looks = ((1, 0), (1, 2), (0, 1), (2, 1))  # from where in the padded image
        return torch.cat(
            [
                quarter[:, :, down : down + height : self.stride, right : right + width : self.stride]
                for quarter, (down, right) in zip(quarters, looks, strict=True)
            ],
            1,
        )


class Noise(nn.Module):
    """The features and one fixed noise pattern, the same for all images, training or not."""

    pattern: Tensor

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.register_buffer("pattern", LEVEL * torch.randn(1, channels, PATCH, PATCH))

    def forward(self, features: Tensor) -> Tensor:
        """``(B, C, H, W) -> (B, C, H/stride, W/stride)``."""
        picked = features[:, :, :: self.stride, :: self.stride]
        height, width = picked.shape[-2:]
        tiles = self.pattern.repeat(1, 1, -(-height // PATCH), -(-width // PATCH))
        return picked + tiles[:, :, :height, :width]


class RandomConvolution(nn.Module):
    """A fixed random 3x3 convolution of each channel by itself, which keeps the variance."""

    kernel: Tensor
    dilation = 1

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.register_buffer("kernel", torch.randn(channels, 1, 3, 3) / 3)

    def forward(self, features: Tensor) -> Tensor:
        """``(B, C, H, W) -> (B, C, H/stride, W/stride)``."""
        kernel = self.kernel.to(features.dtype)
        return F.conv2d(features, kernel, None, self.stride, self.dilation, self.dilation, groups=len(kernel))


class DilatedConvolution(RandomConvolution):
    """The same over every other pixel of 5x5."""

    dilation = 2


class SparseConvolution(nn.Module):
    """A local binary convolution: 3x3 over all channels, fixed +-1 at few places, which keeps the variance."""

    kernel: Tensor

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        inputs = 9 * channels
        count = max(1, round(DENSITY * inputs))
        places = torch.rand(channels, inputs).argsort(1)[:, :count]
        signs = torch.randint(0, 2, (channels, count)) * 2.0 - 1.0
        kernel = torch.zeros(channels, inputs).scatter(1, places, signs / math.sqrt(count))
        self.register_buffer("kernel", kernel.view(channels, channels, 3, 3))

    def forward(self, features: Tensor) -> Tensor:
        """``(B, C, H, W) -> (B, C, H/stride, W/stride)``."""
        return F.conv2d(features, self.kernel.to(features.dtype), None, self.stride, 1)


PRIMITIVES = {
    "average": Average,
    "dilated": DilatedConvolution,
    "identity": Identity,
    "max": Maximum,
    "noise": Noise,
    "random": RandomConvolution,
    "shift": Shift,
    "sparse": SparseConvolution,
}


class SharedLayer(nn.Module):
    """Views of the same features by several primitives, each with a ReLU, recombined by a learnable 1x1 convolution.

    Args:
        inputs: channels that come in.
        outputs: channels that go out.
        stride: of the primitives.
        primitives: names in `PRIMITIVES`.
        recombination: "grouped": after a channel shuffle that puts the views of a channel side by side, in
            as many groups as there can be; "shuffled": in fewer, which are shuffled; "dense": one group.
    """

    def __init__(self, inputs: int, outputs: int, stride: int, primitives: tuple[str, ...], recombination: str) -> None:
        super().__init__()
        self.views = nn.ModuleList(PRIMITIVES[name](inputs, stride) for name in primitives)
        groups = count_groups(inputs, outputs, recombination)
        self.shuffled = recombination == "shuffled"
        self.recombine = nn.Conv2d(len(primitives) * inputs, outputs, 1, groups=groups, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        """``(B, inputs, H, W) -> (B, outputs, H/stride, W/stride)``, rounded up."""
        views = F.relu_(torch.cat([view(features) for view in self.views], 1))
        groups = self.recombine.groups
        if groups == 1:
            return self.recombine(views)
        mixed = self.recombine(F.channel_shuffle(views, len(self.views)))
        return F.channel_shuffle(mixed, groups) if self.shuffled else mixed
