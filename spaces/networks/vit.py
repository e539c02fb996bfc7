"""Plain vision transformers (ViT-S, ViT-B) as encoders, with the weights that others have published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from spaces.fields import Fields
from spaces.networks.modules.output import Output
from spaces.networks.modules.pixels import STATISTICS

if TYPE_CHECKING:
    from torch import Tensor, nn

FINEST = 4
"""Stride at which decoders stop climbing: our choice."""
UNUSED = ("head.", "head_dist.", "fc_norm.", "norm.", "cls_token")
"""Beginnings of names in weight files that belong to a classifier: what it reads and how."""


@dataclass(frozen=True)
class Vit:
    """Blocks of one resolution, split into encoder stages; a decoder that climbs from it.

    The defaults are ViT-S/16; ViT-B/16 has width 768 and 12 heads.

    Args:
        width: channels.
        depth: blocks.
        heads: of attention; they divide the width.
        patch: side of a patch in pixels.
        grid: side of the image that positions are learned for, in patches; other images have them resized.
        stages: of the encoder; they divide the depth.
        decoder_width: channels of every decoder stage.
        pixels: how colours are standardised, a name of `spaces.networks.modules.pixels.STATISTICS`.
        weights: file of published weights under timm's names (DeiT's and DINO's too), or None to start at random.

    Raises:
        ConfigError: with every field out of range.
    """

    width: int = 384
    depth: int = 12
    heads: int = 6
    patch: int = 16
    grid: int = 14
    stages: int = 4
    decoder_width: int = 64
    pixels: str = "imagenet"
    weights: str | None = None
    group: ClassVar[str] = "network"

    def __post_init__(self) -> None:
        fields = Fields(self)
        for name in ("width", "depth", "heads", "patch", "grid", "stages", "decoder_width"):
            fields.integer(name, low=1)
        fields.one_of("pixels", tuple(STATISTICS))
        if self.weights is not None:
            fields.text("weights")
        fields.done()
        fields.require(
            self.width % self.heads == 0, f"network.heads={self.heads}: want a divisor of network.width={self.width}"
        )
        fields.require(
            self.depth % self.stages == 0, f"network.stages={self.stages}: want a divisor of network.depth={self.depth}"
        )
        fields.done()

    @property
    def encoder_stages(self) -> int:
        """As chosen."""
        return self.stages

    @property
    def decoder_stages(self) -> int:
        """One an encoder stage."""
        return self.stages

    @property
    def widths(self) -> tuple[int, ...]:
        """The same channels at every scale."""
        return (self.width,) * self.stages

    @property
    def strides(self) -> tuple[int, ...]:
        """The patches; no stage lowers the resolution after them."""
        return (self.patch, *(1,) * (self.stages - 1))

    @property
    def stride(self) -> int:
        """Pixels of a patch's side."""
        return self.patch

    @property
    def mixings(self) -> tuple[str, ...]:
        """Routed stages replace blocks by convolutions, and nothing of a transformer would be left of them."""
        return ("shared", "gated")

    def encoder_block(self, stage: int) -> nn.Module:
        """Transformer blocks; in the first stage after the embedding of the patches."""
        from spaces.networks.modules.transformer import EntryStage, TransformerStage  # torch: 1.5 s, not for --help

        count = self.depth // self.stages
        if stage == 0:
            return EntryStage(self.pixels, self.patch, self.grid, count, self.width, self.heads)
        return TransformerStage(stage * count, count, self.width, self.heads)

    def decoder_block(self, stage: int) -> nn.Module:
        """Twice as large as the one before until stride 4, with a skip that is resized to it."""
        from spaces.networks.modules.ascent import Ascent  # torch: 1.5 s, --help does without

        factor = 2 if stage and self.patch // 2**stage >= FINEST else 1
        before, skip = (self.width, 0) if stage == 0 else (self.decoder_width, self.width)
        return Ascent(before, skip, self.decoder_width, factor)

    def head(self, output: Output) -> nn.Module:
        """1x1 convolution on the finest decoder output, whatever the kind."""
        from spaces.networks.modules.blocks import make_finest_head  # torch: 1.5 s, --help does without

        return make_finest_head(self.decoder_width, output)

    def adapt_weights(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """Without the classifier and its token, positions resized to the grid."""
        from spaces.networks.modules.transformer import resize_positions  # torch: 1.5 s, --help does without

        kept = {name: tensor for name, tensor in weights.items() if not name.startswith(UNUSED)}
        positions = kept.get("pos_embed")
        if positions is not None and positions.ndim == 3:
            positions = positions[:, "cls_token" in weights :]
            if round(positions.shape[1] ** 0.5) ** 2 == positions.shape[1]:
                positions = resize_positions(positions.float(), (self.grid, self.grid)).flatten(2).mT.contiguous()
            kept["pos_embed"] = positions
        return kept
