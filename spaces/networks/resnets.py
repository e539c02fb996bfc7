"""Residual networks of 18, 34 and 50 layers as encoders, with the weights that others have published."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from spaces.fields import Fields
from spaces.networks.modules.output import Output
from spaces.networks.modules.pixels import STATISTICS

if TYPE_CHECKING:
    from torch import Tensor, nn

COUNTS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3)}
"""Blocks of each stage, by depth: He et al. 2016, table 1."""
EXPANSIONS = {18: 1, 34: 1, 50: 4}
"""Channels of a block's output over those inside: basic blocks, and bottlenecks for the deepest."""
DILATIONS = ((1, 1), (1, 1), (1, 2), (2, 4))
"""Of each stage's first 3x3 convolution and of the others, where the last two stages have no stride."""


@dataclass(frozen=True)
class ResNet:
    """Four encoder scales at strides 4 to 32, a U-shaped decoder over them.

    The decoder, 3x3 convolutions over the previous output and the skip, is our choice.

    Args:
        depth: 18, 34 or 50.
        dilated: whether the last two stages keep stride 8 and are dilated by 2 and 4 instead, as usual in dense
            prediction: finer scales at more work.
        width: channels of the first stage, inside its blocks; published weights want 64.
        decoder_width: channels of every decoder stage.
        pixels: how colours are standardised, a name of `spaces.networks.modules.pixels.STATISTICS`.
        weights: file of published weights under torchvision's names, or None to start at random.

    Raises:
        ConfigError: with every field out of range.
    """

    depth: int = 18
    dilated: bool = False
    width: int = 64
    decoder_width: int = 64
    pixels: str = "imagenet"
    weights: str | None = None
    group: ClassVar[str] = "network"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.one_of("depth", tuple(COUNTS))
        fields.one_of("dilated", (False, True))
        fields.integer("width", low=1)
        fields.integer("decoder_width", low=1)
        fields.one_of("pixels", tuple(STATISTICS))
        if self.weights is not None:
            fields.text("weights")
        fields.done()

    @property
    def encoder_stages(self) -> int:
        """Four."""
        return 4

    @property
    def decoder_stages(self) -> int:
        """Four: the first on the deepest scale, the last at stride 4."""
        return 4

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of each scale."""
        return tuple(self.width * 2**stage * EXPANSIONS[self.depth] for stage in range(4))

    @property
    def strides(self) -> tuple[int, ...]:
        """Four in the first stage, then two a stage, or none in the last two."""
        return (4, 2, 1, 1) if self.dilated else (4, 2, 2, 2)

    @property
    def stride(self) -> int:
        """Pixels of the image per pixel of the deepest scale."""
        return 8 if self.dilated else 32

    def encoder_block(self, stage: int) -> nn.Module:
        """Residual blocks; in the first stage after the 7x7 convolution and the pooling."""
        from torch import nn  # torch: 1.5 s, --help does without

        from spaces.networks.modules import resnet

        blocks = resnet.make_stage(
            self.widths[stage - 1] if stage else self.width,
            self.width * 2**stage,
            count=COUNTS[self.depth][stage],
            stride=self.strides[stage] if stage else 1,
            kind=resnet.BasicBlock if EXPANSIONS[self.depth] == 1 else resnet.Bottleneck,
            dilation=DILATIONS[stage] if self.dilated else (1, 1),
        )
        if stage == 0:
            return resnet.Entry(self.pixels, self.width, blocks)
        return nn.Sequential(OrderedDict({f"layer{stage + 1}": blocks}))

    def decoder_block(self, stage: int) -> nn.Module:
        """Resize to the skip, concatenate, two convolutions."""
        from spaces.networks.modules.blocks import Refine  # torch: 1.5 s, --help does without

        before = self.widths[-1] if stage == 0 else self.decoder_width
        skip = 0 if stage == 0 else self.widths[-1 - stage]
        return Refine(before, skip, self.decoder_width)

    def head(self, output: Output) -> nn.Module:
        """1x1 convolution on the finest decoder output, whatever the kind."""
        from spaces.networks.modules.blocks import make_finest_head  # torch: 1.5 s, --help does without

        return make_finest_head(self.decoder_width, output)

    def adapt_weights(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """Without the classifier."""
        return {name: tensor for name, tensor in weights.items() if not name.startswith("fc.")}
