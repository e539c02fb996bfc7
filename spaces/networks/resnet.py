"""The stages of a residual network with bottlenecks: what encoders of that kind are made of.

He et al. 2016, "Deep residual learning for image recognition", table 1; the stride stands in the 3x3 convolution, as in
the weights that are passed around today. Initial weights are theirs too (He et al. 2015, eq. 10). Names of the modules
inside a stage are those of the usual weight files.
"""

from __future__ import annotations

from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor, nn

from spaces.networks.layer import Layer


class Bottleneck(nn.Module):
    """1x1 convolution to ``middle`` channels, 3x3, 1x1 to four times as many; added to the input.

    Args:
        inputs: channels of the input.
        middle: channels inside.
        stride: of the 3x3 convolution; the input is projected to fit where its shape differs from the output's.
    """

    expansion: ClassVar[int] = 4

    def __init__(self, inputs: int, middle: int, *, stride: int = 1) -> None:
        super().__init__()
        outputs = middle * self.expansion
        self.conv1 = nn.Conv2d(inputs, middle, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(middle)
        self.conv2 = nn.Conv2d(middle, middle, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(middle)
        self.conv3 = nn.Conv2d(middle, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            projection = nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False)
            self.downsample = nn.Sequential(projection, nn.BatchNorm2d(outputs))

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


def stem(outputs: int) -> nn.Sequential:
    """What stands before the first stage, ``(B, 3, H, W) -> (B, outputs, H/4, W/4)``."""
    convolution = nn.Conv2d(3, outputs, 7, stride=2, padding=3, bias=False)
    pool = nn.MaxPool2d(3, stride=2, padding=1)
    return _initialised(nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True), pool))


def stage(inputs: int, middle: int, *, count: int, stride: int) -> nn.Sequential:
    """``count`` bottlenecks, the first with the stride: ``(B, inputs, H, W) -> (B, 4 middle, H/stride, W/stride)``."""
    first = Bottleneck(inputs, middle, stride=stride)
    return _initialised(
        nn.Sequential(first, *(Bottleneck(middle * Bottleneck.expansion, middle) for _ in range(count - 1)))
    )


def _initialised(module: nn.Sequential) -> nn.Sequential:
    for part in module.modules():
        if isinstance(part, nn.Conv2d):
            nn.init.kaiming_normal_(part.weight, mode="fan_out", nonlinearity="relu")
    return module
