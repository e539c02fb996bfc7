"""The stages of a plain vision transformer, on images of tokens.

Dosovitskiy et al. 2021, "An image is worth 16x16 words". Tokens are kept as the channels of an image, so that whatever
is made for images works on them: gates, workspaces, decoders. With channels last in memory, as all networks lie here,
images of tokens and lists of tokens are the same bytes, and nothing is copied between them. Names of the modules are
those of the usual weight files (timm, DeiT, DINO).

No class token flows, and no normalisation ends the encoder, as usual in dense prediction (Li et al. 2022, "Exploring
plain vision transformer backbones for object detection").
"""

from __future__ import annotations

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spaces.networks.modules.blocks import Standardise
from spaces.networks.modules.layer import Layer, chain_layers

EPSILON = 1e-6  # of normalisations: that of the weight files
SPREAD = 0.02  # standard deviation of initial weights, theirs too


class Pointwise(nn.Linear):
    """The same linear map at every pixel, ``(B, inputs, h, w) -> (B, outputs, h, w)``."""

    def forward(self, features: Tensor) -> Tensor:
        """Channels are brought to the end and back, which moves nothing where they lie last in memory."""
        return super().forward(features.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class ChannelNorm(nn.LayerNorm):
    """Normalisation over the channels of every pixel, ``(B, C, h, w) -> (B, C, h, w)``."""

    def forward(self, features: Tensor) -> Tensor:
        """As `Pointwise`."""
        return super().forward(features.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class AttentionCore(nn.Module):
    """Softmax attention among all pixels.

    Args:
        heads: each with its own stretch of channels.
    """

    def __init__(self, heads: int) -> None:
        super().__init__()
        self.heads = heads

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """``(B, C, h, w)`` each ``-> (B, C, h, w)``."""
        size = query.shape[-2:]
        query, key, value = (
            each.permute(0, 2, 3, 1).flatten(1, 2).unflatten(2, (self.heads, -1)).transpose(1, 2)  # (B, heads, n, c)
            for each in (query, key, value)
        )
        read = F.scaled_dot_product_attention(query, key, value)
        return read.transpose(1, 2).flatten(2).unflatten(1, size).permute(0, 3, 1, 2)


class Attention(nn.Module):
    """Queries, keys and values in one map, attention, projection."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.qkv = Pointwise(width, 3 * width)
        self.attend = AttentionCore(heads)
        self.proj = Pointwise(width, width)

    def forward(self, features: Tensor) -> Tensor:
        """``(B, C, h, w) -> (B, C, h, w)``."""
        return self.proj(self.attend(*self.qkv(features).chunk(3, dim=1)))

    def parts(self) -> list[Pointwise]:
        """The maps to queries, keys and values, one by one; they share the weights of the one map."""
        width = self.proj.in_features
        parts = []
        for index in range(3):
            rows = slice(index * width, (index + 1) * width)
            with torch.device("meta"):
                part = Pointwise(width, width)
            part.weight = nn.Parameter(self.qkv.weight.detach()[rows])
            part.bias = nn.Parameter(self.qkv.bias.detach()[rows])
            parts.append(part)
        return parts


class Mlp(nn.Module):
    """Two maps at every pixel with GELU between them."""

    def __init__(self, width: int, inside: int) -> None:
        super().__init__()
        self.fc1 = Pointwise(width, inside)
        self.fc2 = Pointwise(inside, width)

    def forward(self, features: Tensor) -> Tensor:
        """``(B, C, h, w) -> (B, C, h, w)``."""
        return self.fc2(F.gelu(self.fc1(features)))


class TransformerBlock(nn.Module):
    """Attention and a small network at every pixel, each normalised before and added to its input.

    Args:
        width: channels.
        heads: of attention.
        ratio: channels inside the small network, as a multiple of ``width``.
    """

    def __init__(self, width: int, heads: int, ratio: int = 4) -> None:
        super().__init__()
        self.norm1 = ChannelNorm(width, eps=EPSILON)
        self.attn = Attention(width, heads)
        self.norm2 = ChannelNorm(width, eps=EPSILON)
        self.mlp = Mlp(width, ratio * width)

    def forward(self, features: Tensor) -> Tensor:
        """``(B, C, h, w) -> (B, C, h, w)``."""
        features = features + self.attn(self.norm1(features))
        return features + self.mlp(self.norm2(features))

    def layers(self) -> tuple[Layer, ...]:
        """Queries, keys, values, projection, both maps of the small network; sums belong to the map before them.

        The places of Bejnordi et al. 2024, as reconstructed; normalisations belong to the branch that reads them.
        Attention is that of a branch on what its gates chose, a part of the projection.
        """
        query, key, value = (Layer(part, before=self.norm1) for part in self.attn.parts())
        return (
            query,
            key,
            value,
            Layer(self.attn.proj, reads=(1, 2, 3, 0), skip=nn.Identity(), before=self.attn.attend),
            Layer(nn.Sequential(self.mlp.fc1, nn.GELU()), reads=(4,), before=self.norm2),
            Layer(self.mlp.fc2, reads=(5, 4), skip=nn.Identity()),
        )


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

    def narrowed(self, keep: Tensor) -> Positions:
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
        self.apply(_initialised)

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


def _initialised(module: nn.Module) -> None:
    if isinstance(module, nn.Linear):
        nn.init.trunc_normal_(module.weight, std=SPREAD)
        nn.init.zeros_(module.bias)
