"""The default family: a small residual encoder and narrow decoders, sized to train in seconds on a CPU core.

Widths and depths are our choice: the decoder is narrow on purpose, so that tasks which share it compete for it and the
question of what to share has an answer worth searching.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from spaces.fields import Fields
from spaces.networks.modules.output import Output

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Small:
    """Convolutional encoder with one scale a stage, U-shaped decoder over the same scales.

    Args:
        encoder_widths: channels of each encoder stage; stage i has stride 2**i, counted from 1.
        decoder_width: channels of every decoder stage; there are as many as encoder stages, the last at stride 2.

    Raises:
        ConfigError: a width that is not a whole number >= 1, or no width.
    """

    encoder_widths: tuple[int, ...] = (16, 24, 48, 64)
    decoder_width: int = 8
    group: ClassVar[str] = "network"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.integers("encoder_widths", low=1)
        fields.integer("decoder_width", low=1)
        fields.done()

    @property
    def encoder_stages(self) -> int:
        """One a width."""
        return len(self.encoder_widths)

    @property
    def decoder_stages(self) -> int:
        """One a width."""
        return len(self.encoder_widths)

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of each scale."""
        return self.encoder_widths

    @property
    def strides(self) -> tuple[int, ...]:
        """Two a stage."""
        return (2,) * self.encoder_stages

    @property
    def stride(self) -> int:
        """Pixels of the image per pixel of the deepest scale."""
        return 2**self.encoder_stages

    def encoder_block(self, stage: int) -> nn.Module:
        """Stride-2 convolution, then a residual convolution."""
        from spaces.networks.modules.blocks import Downsample  # torch: 1.5 s, --help does without

        widths = (3, *self.encoder_widths)
        return Downsample(widths[stage], widths[stage + 1])

    def decoder_block(self, stage: int) -> nn.Module:
        """Resize to the skip, concatenate, two convolutions."""
        from spaces.networks.modules.blocks import Refine  # torch: 1.5 s, --help does without

        before = self.encoder_widths[-1] if stage == 0 else self.decoder_width
        skip = 0 if stage == 0 else self.encoder_widths[-1 - stage]
        return Refine(before, skip, self.decoder_width)

    def head(self, output: Output) -> nn.Module:
        """1x1 convolution on the finest decoder output, whatever the kind; a linear map of its mean for an image."""
        from spaces.networks.modules.blocks import make_finest_head  # torch: 1.5 s, --help does without

        return make_finest_head(self.decoder_width, output)
