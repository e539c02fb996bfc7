"""The family for labels of whole images: the small encoder, and decoder stages that are those of a classification head.

Such a head has no pixels, so what tasks share there are its layers: each stage maps what came before, and the pooled
features of an encoder scale, to a few new features. That every stage reads a scale, as in a decoder of pixels, is our
choice: the walk stays as it is, and the head sees early features too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spaces.errors import ConfigError
from spaces.networks.modules.output import Output
from spaces.networks.small import Small

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Classifier(Small):
    """Convolutional encoder with one scale a stage, then as many stages of a classification head.

    Args:
        encoder_widths: channels of each encoder stage; stage i has stride 2**i, counted from 1.
        decoder_width: features that every stage of the head makes.

    Raises:
        ConfigError: a width that is not a whole number >= 1, or no width.
    """

    decoder_width: int = 32

    def check(self, outputs: Mapping[str, Output]) -> None:
        """See that all outputs are of whole images.

        Raises:
            ConfigError: naming the tasks whose outputs are not.
        """
        dense = [f"{task} ({output.kind})" for task, output in outputs.items() if output.dense]
        if dense:
            raise ConfigError(
                f"network=classifier labels whole images, but there is an output a pixel in {', '.join(dense)}; take "
                "network=small, which has heads for both, or name other tasks in data.tasks"
            )

    def decoder_block(self, stage: int) -> nn.Module:
        """Pool the skip, concatenate, linear map, norm, ReLU: ``(B, C', 1, 1)``."""
        from spaces.networks.modules.pooled import PooledStage  # torch: 1.5 s, --help does without

        before = self.encoder_widths[-1] if stage == 0 else self.decoder_width
        skip = 0 if stage == 0 else self.encoder_widths[-1 - stage]
        return PooledStage(before, skip, self.decoder_width)

    def head(self, output: Output) -> nn.Module:
        """Linear map of the last stage's features.

        Raises:
            ConfigError: the output is dense.
        """
        from spaces.networks.modules.pooled import PooledHead  # torch: 1.5 s, --help does without

        self.check({"the output": output})
        return PooledHead([self.decoder_width], output.channels)
