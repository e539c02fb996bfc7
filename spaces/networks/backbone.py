"""A whole backbone of the package transformers as one block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from spaces.networks.blocks import Standardise

if TYPE_CHECKING:
    from transformers import PretrainedConfig


class Backbone(nn.Module):
    """Standardised colours, then the backbone's last feature map.

    Args:
        pixels: how colours are standardised, a name of `spaces.networks.pixels.STATISTICS`.
        config: of the backbone; its weights are drawn at random.
    """

    def __init__(self, pixels: str, config: PretrainedConfig) -> None:
        from transformers import AutoBackbone

        super().__init__()
        self.pixels = Standardise(pixels)
        self.body: Any = AutoBackbone.from_config(config)

    def forward(self, image: Tensor) -> Tensor:
        """``(B, 3, H, W) in [0, 1] -> (B, C, H/stride, W/stride)``."""
        return self.body(self.pixels(image)).feature_maps[-1].contiguous()
