"""A whole backbone of another package as one block."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from spaces.networks.modules.blocks import Standardise


class Backbone(nn.Module):
    """Standardised colours, then the backbone's last feature map.

    Args:
        pixels: how colours are standardised, a name of `spaces.networks.modules.pixels.STATISTICS`.
        body: the backbone; before the names of its weights stands ``body.``.
        last: its last feature map, ``(body, (B, 3, H, W)) -> (B, C, H/stride, W/stride)``.
    """

    def __init__(self, pixels: str, body: nn.Module, last: Callable[[Any, Tensor], Tensor]) -> None:
        super().__init__()
        self.pixels = Standardise(pixels)
        self.body = body
        self.last = last

    def forward(self, image: Tensor) -> Tensor:
        """``(B, 3, H, W) in [0, 1] -> (B, C, H/stride, W/stride)``."""
        return self.last(self.body, self.pixels(image)).contiguous()
