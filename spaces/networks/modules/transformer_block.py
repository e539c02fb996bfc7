"""A block of a plain vision transformer, on images of tokens: attention, and a small network at every pixel.

Dosovitskiy et al. 2021, "An image is worth 16x16 words". Tokens are kept as the channels of an image, so that whatever
is made for images works on them: gates, workspaces, decoders. With channels last in memory, as all networks lie here,
images of tokens and lists of tokens are the same bytes, and nothing is copied between them. Names of the modules are
those of the usual weight files (timm, DeiT, DINO).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spaces.networks.modules.layer import Layer

EPSILON = 1e-6  # of normalisations: that of the weight files


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
