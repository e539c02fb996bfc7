"""Necks: a task's own block between the shared encoder and what tasks exchange, of as many channels as come in.

Zhang et al. (ACCV 2024) exchange between task-specific features; what makes them is not known, so these are our choice.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

KERNEL = 3


def make_conv_neck(channels: int) -> nn.Module:
    """Convolution, batch-norm, ReLU; ``(B, channels, H, W)`` stays."""
    return nn.Sequential(_convolve(channels), nn.BatchNorm2d(channels), nn.ReLU(inplace=True))


def make_separable_neck(channels: int) -> nn.Module:
    """The same with a convolution a channel and one of single pixels: a ninth of the cost, or little more."""
    return nn.Sequential(
        _convolve(channels, groups=channels),
        nn.BatchNorm2d(channels),
        nn.ReLU(inplace=True),
        nn.Conv2d(channels, channels, 1, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU(inplace=True),
    )


def _convolve(channels: int, groups: int = 1) -> nn.Conv2d:
    return nn.Conv2d(channels, channels, KERNEL, padding=KERNEL // 2, groups=groups, bias=False)


NECKS: dict[str, Callable[[int], nn.Module]] = {"conv": make_conv_neck, "separable": make_separable_neck}
