"""The stages of residual networks (ResNet), of basic blocks or bottlenecks.

He et al. 2016, "Deep residual learning for image recognition", table 1; the stride stands in the 3x3 convolution, as in
the weights that are passed around today. Initial weights are theirs too (He et al. 2015, eq. 10). Names of the modules
are those of the usual weight files. A block may be dilated: its first 3x3 convolution, which has the stride, by one
number, and a second one by another.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor, nn

from spaces.networks.modules.blocks import Branch, Standardise
from spaces.networks.modules.layer import Layer, chain_layers, list_layers


class BasicBlock(nn.Module):
    """Two 3x3 convolutions; added to the input.

    Args:
        inputs: channels of the input.
        middle: channels inside and of the output.
        stride: of the first convolution; the input is projected to fit where its shape differs from the output's.
        dilation: of the first and of the second convolution.
    """

    expansion: ClassVar[int] = 1

    def __init__(self, inputs: int, middle: int, *, stride: int = 1, dilation: tuple[int, int] = (1, 1)) -> None:
        super().__init__()
        self.conv1 = _make_convolution(inputs, middle, stride, dilation[0])
        self.bn1 = nn.BatchNorm2d(middle)
        self.conv2 = _make_convolution(middle, middle, 1, dilation[1])
        self.bn2 = nn.BatchNorm2d(middle)
        self.downsample = _make_shortcut(inputs, middle, stride)

    def forward(self, features: Tensor) -> Tensor:
        """``(B, inputs, H, W) -> (B, middle, H/stride, W/stride)``."""
        inside = F.relu(self.bn1(self.conv1(features)))
        return F.relu(self.bn2(self.conv2(inside)) + self.downsample(features))

    def layers(self) -> tuple[Layer, ...]:
        """The two convolutions; the sum belongs to the second, so that gates take both its terms from one branch."""
        return (
            Layer(nn.Sequential(self.conv1, self.bn1, nn.ReLU(inplace=True))),
            Layer(nn.Sequential(self.conv2, self.bn2), reads=(1, 0), skip=self.downsample, last=nn.ReLU(inplace=True)),
        )


class Bottleneck(nn.Module):
    """1x1 convolution to ``middle`` channels, 3x3, 1x1 to four times as many; added to the input.

    Args:
        inputs: channels of the input.
        middle: channels inside.
        stride: of the 3x3 convolution; the input is projected to fit where its shape differs from the output's.
        dilation: of the 3x3 convolution; a second one is not there.
    """

    expansion: ClassVar[int] = 4

    def __init__(self, inputs: int, middle: int, *, stride: int = 1, dilation: tuple[int, int] = (1, 1)) -> None:
        super().__init__()
        outputs = middle * self.expansion
        self.conv1 = nn.Conv2d(inputs, middle, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(middle)
        self.conv2 = _make_convolution(middle, middle, stride, dilation[0])
        self.bn2 = nn.BatchNorm2d(middle)
        self.conv3 = nn.Conv2d(middle, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample = _make_shortcut(inputs, outputs, stride)

    def forward(self, features: Tensor) -> Tensor:
        """``(B, inputs, H, W) -> (B, 4 middle, H/stride, W/stride)``."""
        inside = F.relu(self.bn1(self.conv1(features)))
        inside = F.relu(self.bn2(self.conv2(inside)))
        return F.relu(self.bn3(self.conv3(inside)) + self.downsample(features))

    def layers(self) -> tuple[Layer, ...]:
        """The three convolutions; the sum belongs to the third, so that gates take both its terms from one branch."""
        return (
            Layer(nn.Sequential(self.conv1, self.bn1, nn.ReLU(inplace=True))),
            Layer(nn.Sequential(self.conv2, self.bn2, nn.ReLU(inplace=True)), reads=(1,)),
            Layer(nn.Sequential(self.conv3, self.bn3), reads=(2, 0), skip=self.downsample, last=nn.ReLU(inplace=True)),
        )


class Entry(nn.Sequential):
    """What stands before the first stage, and that stage: ``(B, 3, H, W) in [0, 1] -> (B, C, H/4, W/4)``.

    Args:
        pixels: how colours are standardised, a name of `spaces.networks.modules.pixels.STATISTICS`.
        outputs: channels before the stage.
        blocks: the stage.
    """

    def __init__(self, pixels: str, outputs: int, blocks: nn.Sequential) -> None:
        convolution, norm, relu, pool = make_stem(outputs)
        named = {"conv1": convolution, "bn1": norm, "relu": relu, "maxpool": pool, "layer1": blocks}
        super().__init__(OrderedDict(pixels=Standardise(pixels), **named))

    def layers(self) -> tuple[Layer, ...]:
        """The first convolution and those of the stage."""
        pixels, *first, blocks = self
        return chain_layers((Layer(nn.Sequential(*first), before=pixels),), list_layers(blocks))


class Standardised(nn.Sequential):
    """Colours standardised, then blocks: ``(B, 3, H, W) in [0, 1] -> (B, C, H', W')``, with a number a part in names.

    Args:
        pixels: how colours are standardised, a name of `spaces.networks.modules.pixels.STATISTICS`.
        blocks: what is made of layers; the very first one reads the image.
    """

    def __init__(self, pixels: str, *blocks: nn.Module) -> None:
        super().__init__(Standardise(pixels), *blocks)

    def layers(self) -> tuple[Layer, ...]:
        """Those of the blocks."""
        pixels, *blocks = self
        first, *others = chain_layers(*map(list_layers, blocks))
        return (Layer(first.main, first.reads, first.skip, first.last, before=pixels), *others)


def make_stem(outputs: int) -> nn.Sequential:
    """What stands before the first stage, ``(B, 3, H, W) -> (B, outputs, H/4, W/4)``."""
    convolution = nn.Conv2d(3, outputs, 7, stride=2, padding=3, bias=False)
    pool = nn.MaxPool2d(3, stride=2, padding=1)
    return _initialise(nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True), pool))


def make_stage(
    inputs: int,
    middle: int,
    *,
    count: int,
    stride: int,
    kind: type[BasicBlock] | type[Bottleneck] = Bottleneck,
    dilation: tuple[int, int] = (1, 1),
) -> nn.Sequential:
    """``count`` blocks of a kind, the first with the stride: ``(B, inputs, H, W) -> (B, C, H/stride, W/stride)``.

    The first convolution of 3x3 has the first dilation, all others the second.
    """
    first = kind(inputs, middle, stride=stride, dilation=dilation)
    later = (kind(middle * kind.expansion, middle, dilation=(dilation[1],) * 2) for _ in range(count - 1))
    return _initialise(nn.Sequential(first, *later))


def _make_convolution(inputs: int, outputs: int, stride: int, dilation: int) -> nn.Conv2d:
    """3x3 convolution."""
    return nn.Conv2d(inputs, outputs, 3, stride, padding=dilation, dilation=dilation, bias=False)


def _make_shortcut(inputs: int, outputs: int, stride: int) -> nn.Module:
    """The input as it is, or projected where its shape differs from the output's."""
    if stride == 1 and inputs == outputs:
        return nn.Identity()
    return nn.Sequential(Branch(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))


def _initialise(module: nn.Sequential) -> nn.Sequential:
    for part in module.modules():
        if isinstance(part, nn.Conv2d):
            nn.init.kaiming_normal_(part.weight, mode="fan_out", nonlinearity="relu")
    return module
