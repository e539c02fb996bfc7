"""The stages of a plain vision transformer: the embedding of patches with their positions, then blocks in a row.

They work on images of tokens, see `spaces.networks.modules.transformer_block`; names of the modules are those of the
usual weight files. No class token flows, and no normalisation ends the encoder, as usual in dense prediction (Li et al.
2022, "Exploring plain vision transformer backbones for object detection").
"""

from __future__ import annotations

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spaces.networks.modules.blocks import Standardise
from spaces.networks.modules.layer import Layer, chain_layers
from spaces.networks.modules.transformer_block import TransformerBlock

SPREAD = 0.02  # standard deviation of initial weights: that of the weight files


class Positions(nn.Module):
    """Adds what was learned for every place, resized to the image's tokens.

    Args:
        learned: ``(1, grid * grid, C)``, row by row.
    """

    def __init__(self, learned: nn.Parameter) -> None:
        super().__init__()
        self.learned = learned

    def forward(self, features: Tensor) -> Tensor:
        """``(B, C, h, w) -> (B, C, h, w)``."""
        return features + resize_positions(self.learned, features.shape[-2:]).to(features.dtype)

    def narrow(self, keep: Tensor) -> Positions:
        """A copy for some of the channels, by index."""
        return Positions(nn.Parameter(self.learned.detach()[..., keep]))


class PatchEmbedding(nn.Module):
    """A map of square patches to tokens, ``(B, 3, H, W) -> (B, width, H/patch, W/patch)``."""

    def __init__(self, width: int, patch: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, width, patch, patch)

    def forward(self, image: Tensor) -> Tensor:
        """Laid out with channels last, whatever the image is, for the maps that follow."""
        return self.proj(image).contiguous(memory_format=torch.channels_last)


class TransformerStage(nn.Module):
    """Some blocks in a row.

    Args:
        first: number of the first one in the whole encoder, from 0, as in the names of its weights.
        count: of blocks.
        width: channels.
        heads: of attention.
    """

    def __init__(self, first: int, count: int, width: int, heads: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleDict({str(first + n): TransformerBlock(width, heads) for n in range(count)})
        self.apply(_initialise)

    def forward(self, features: Tensor) -> Tensor:
        """``(B, C, h, w) -> (B, C, h, w)``."""
        for block in self.blocks.values():
            features = block(features)
        return features

    def layers(self) -> tuple[Layer, ...]:
        """Those of the blocks."""
        return chain_layers(*(cast(TransformerBlock, block).layers() for block in self.blocks.values()))


class EntryStage(TransformerStage):
    """The first blocks, after the patches are embedded, ``(B, 3, H, W) in [0, 1] -> (B, width, H/patch, W/patch)``.

    Args:
        pixels: how colours are standardised, a name of `spaces.networks.modules.pixels.STATISTICS`.
        patch: side of a patch in pixels.
        grid: side of the image that positions are learned for, in patches.
        count: of blocks.
        width: channels.
        heads: of attention.
    """

    def __init__(self, pixels: str, patch: int, grid: int, count: int, width: int, heads: int) -> None:
        super().__init__(0, count, width, heads)
        self.pixels = Standardise(pixels)
        self.patch_embed = PatchEmbedding(width, patch)
        self.pos_embed = nn.Parameter(torch.empty(1, grid * grid, width))
        nn.init.trunc_normal_(self.pos_embed, std=SPREAD)

    def forward(self, image: Tensor) -> Tensor:
        """Patches, positions, blocks."""
        embedded = self.patch_embed(self.pixels(image))
        return super().forward(embedded + resize_positions(self.pos_embed, embedded.shape[-2:]).to(embedded.dtype))

    def layers(self) -> tuple[Layer, ...]:
        """The embedding with its positions, then the blocks."""
        first = Layer(nn.Sequential(self.patch_embed.proj, Positions(self.pos_embed)), before=self.pixels)
        return chain_layers((first,), super().layers())


def resize_positions(positions: Tensor, size: tuple[int, int] | torch.Size) -> Tensor:
    """Learned positions ``(1, grid * grid, C)`` as an image of another size, ``(1, C, *size)``, bicubic."""
    grid = round(positions.shape[1] ** 0.5)
    image = positions.unflatten(1, (grid, grid)).permute(0, 3, 1, 2)
    if tuple(size) == (grid, grid):
        return image
    return F.interpolate(image, size=tuple(size), mode="bicubic", align_corners=False)


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Linear):
        nn.init.trunc_normal_(module.weight, std=SPREAD)
        nn.init.zeros_(module.bias)
