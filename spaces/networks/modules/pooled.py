"""Blocks on features averaged over the whole image: for outputs of whole images."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


def pool_features(features: Tensor) -> Tensor:
    """``(B, C, H, W) -> (B, C, 1, 1)``, the mean over all pixels."""
    return features.mean((-2, -1), keepdim=True)


class PooledStage(nn.Module):
    """Stage of a classification head: previous output and skip pooled and concatenated, linear map, norm, ReLU."""

    def __init__(self, inputs: int, skip: int, outputs: int) -> None:
        super().__init__()
        self.map = nn.Conv2d(inputs + skip, outputs, 1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, previous: Tensor, skip: Tensor | None = None) -> Tensor:
        """``(B, inputs, h, w), (B, skip, H, W) -> (B, outputs, 1, 1)``."""
        features = pool_features(previous)
        if skip is not None:
            features = torch.cat((features, pool_features(skip)), dim=1)
        return torch.relu(self.norm(self.map(features)))


class PooledHead(nn.Module):
    """The last decoder outputs pooled and concatenated, then one linear map.

    Args:
        widths: channels of the outputs that are read, the last ones.
        channels: values an image.
    """

    def __init__(self, widths: Sequence[int], channels: int) -> None:
        super().__init__()
        self.read = len(widths)
        self.project = nn.Linear(sum(widths), channels)

    def forward(self, outputs: tuple[Tensor, ...], size: tuple[int, int]) -> Tensor:
        """``(B, C, h, w)`` of each stage ``-> (B, channels)``, whatever the size."""
        return self.project(torch.cat([pool_features(each).flatten(1) for each in outputs[-self.read :]], dim=1))
