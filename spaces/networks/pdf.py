"""The network of Progressive Decoder Fusion at its true size: ResNet-50, two stages more, five decoder stages.

Gurulingan, Arani, Zonooz 2022, "Curbing task interference using representation similarity-guided multi-task feature
sharing", appendix A.3; where their released code is more exact than the paper, the code, whose parameters add up to the
published counts. The paper starts ResNet-50 from ImageNet weights; here every weight is drawn at random.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from spaces.fields import Fields
from spaces.networks.modules.output import Output
from spaces.networks.modules.pixels import STATISTICS

if TYPE_CHECKING:
    from torch import nn

STEM = 64
"""Channels before the first stage."""
COUNTS = (3, 4, 6, 3, 2, 2)
"""Bottlenecks of each encoder stage: the four of ResNet-50, then E6 and E7."""
MIDDLES = (64, 128, 256, 512, 512, 512)
"""Channels inside the bottlenecks of each encoder stage."""
SCALES = (256, 512, 1024, 2048, 2048, 2048)
"""Channels of the encoder's scales, E2 to E7, at strides 4 to 128."""
DECODER = 256
"""Channels of every decoder output."""
SQUEEZED = 64
"""Channels inside decoder stages, and of each scale inside heads."""


@dataclass(frozen=True)
class Pdf:
    """Six encoder scales, a decoder stage at each of the first five, heads that read all five decoder outputs.

    Early decoder stages hold the parameters, late ones the work: 0.84 M and 0.11 G multiply-accumulates in the first,
    0.09 M and 2.82 G in the last, for images of 512x1024.

    Args:
        depth_activation: last function of a depth head: "relu" for metres (the paper's on NYUv2) or "sigmoid" for
            targets scaled to 0..1 (its on Cityscapes).
        pixels: how colours are standardised, a name of `spaces.networks.modules.pixels.STATISTICS`; their released code
            does so by "imagenet", as `network=pdf` does. "unit" is what runs of before this could be said did.

    Raises:
        ConfigError: another activation, or no such name.
    """

    depth_activation: str = "relu"
    pixels: str = "unit"
    group: ClassVar[str] = "network"
    later: ClassVar[Mapping[str, str]] = MappingProxyType({"pixels": "unit"})

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.one_of("depth_activation", ("relu", "sigmoid"))
        fields.one_of("pixels", tuple(STATISTICS))
        fields.done()

    @property
    def encoder_stages(self) -> int:
        """Six: E2 to E7."""
        return len(SCALES)

    @property
    def decoder_stages(self) -> int:
        """Five: D6 to D2; the deepest scale is where they start."""
        return len(SCALES) - 1

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of E2 to E7."""
        return SCALES

    @property
    def strides(self) -> tuple[int, ...]:
        """Four for E2 with the stem, then two a stage."""
        return (4, *(2,) * (len(SCALES) - 1))

    @property
    def stride(self) -> int:
        """Pixels of the image per pixel of the deepest scale."""
        return 128

    def encoder_block(self, stage: int) -> nn.Module:
        """Bottlenecks, from the second stage on with stride 2; the first stage has the stem before it."""
        from torch import nn  # torch: 1.5 s, --help does without

        from spaces.networks.modules import resnet

        if stage == 0:
            first = (resnet.make_stem(STEM), resnet.make_stage(STEM, MIDDLES[0], count=COUNTS[0], stride=1))
            return nn.Sequential(*first) if self.pixels == "unit" else resnet.Standardised(self.pixels, *first)
        return resnet.make_stage(SCALES[stage - 1], MIDDLES[stage], count=COUNTS[stage], stride=2)

    def decoder_block(self, stage: int) -> nn.Module:
        """Residual bottleneck over the resized previous output and the skip."""
        from spaces.networks.modules.residual_decoder import ResidualDecoder  # torch: 1.5 s, --help does without

        before = SCALES[-1] if stage == 0 else DECODER
        return ResidualDecoder(before, SCALES[self.decoder_stages - 1 - stage], middle=SQUEEZED, outputs=DECODER)

    def head(self, output: Output) -> nn.Module:
        """Reads all five scales; kinds that the paper has not are treated as its autoencoder (our choice).

        For whole images, of which the paper has none, a linear map of the means of all five scales.
        """
        from torch import nn  # torch: 1.5 s, --help does without

        from spaces.networks.modules.heads.multi_scale_head import make_logit_head, make_value_head
        from spaces.networks.modules.pooled import PooledHead

        if not output.dense:
            return PooledHead([DECODER] * self.decoder_stages, output.channels)

        shape = (DECODER, SQUEEZED, self.decoder_stages, output.channels)
        if output.kind in ("segmentation", "edges", "saliency"):
            return make_logit_head(*shape)
        activations = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid}
        last = {"depth": activations[self.depth_activation], "normals": nn.Tanh}.get(output.kind, nn.Identity)
        head = make_value_head(*shape, last())
        if last is nn.ReLU:
            # Our choice: start at about one metre, for a head that starts below zero everywhere never gets a gradient.
            nn.init.ones_(head.final.get_parameter("bias"))
        return head
