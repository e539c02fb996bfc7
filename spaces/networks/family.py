"""What a family of networks offers to the builder: its blocks, stage by stage, and its heads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from spaces.networks.modules.output import Output

if TYPE_CHECKING:
    from torch import Tensor, nn


class Family(Protocol):
    """A frozen configuration dataclass that makes blocks; it must not import torch when it is only configured."""

    def __hash__(self) -> int:
        """Costs of blocks are kept by family."""

    @property
    def encoder_stages(self) -> int:
        """Number of encoder stages; every stage gives one scale."""

    @property
    def decoder_stages(self) -> int:
        """Number of decoder stages, at most that of encoder stages."""

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of the encoder's scales, one a stage; known without torch."""

    @property
    def strides(self) -> tuple[int, ...]:
        """By how much each encoder stage lowers the resolution; known without torch."""

    @property
    def stride(self) -> int:
        """Height and width of what the blocks read are multiples of this, in pixels; images are padded to it."""

    def encoder_block(self, stage: int) -> nn.Module:
        """Block of an encoder stage, from 0: ``(B, C, H, W) -> (B, C', H', W')``; gates want a `layer.Layered` one."""

    def decoder_block(self, stage: int) -> nn.Module:
        """Block of a decoder stage, from 0: ``(previous[, skip]) -> (B, C', H', W')``, the skip's size or larger."""

    def head(self, output: Output) -> nn.Module:
        """A task's private head: ``(decoder outputs, low resolution to high; size) -> (B, channels, *size)``.

        Where the output is not dense, ``(B, channels)``.
        """


@runtime_checkable
class ChecksOutputs(Protocol):
    """A family that has not a head for every output."""

    def check(self, outputs: Mapping[str, Output]) -> None:
        """Look at what each task's head must give, without torch.

        Raises:
            ConfigError: an output that it cannot give, with the task.
        """


@runtime_checkable
class NamesWeights(Protocol):
    """Whatever has an option for a file of weights, whether it can start from one or not."""

    @property
    def weights(self) -> str | None:
        """Path of the file; None to start at random."""


@runtime_checkable
class StartsFromWeights(Family, Protocol):
    """A family whose encoder can start from weights in a file; see `spaces.networks.weights.published`.

    Names of the weights in its encoder blocks are those of the file, and each stands in one stage.
    """

    @property
    def weights(self) -> str | None:
        """Path of the file; None to start at random."""

    def adapt_weights(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """What is in the file without what the encoder has no use for, such as a classifier."""


@runtime_checkable
class LimitsMixings(Family, Protocol):
    """A family whose encoder stages cannot be mixed in every way."""

    @property
    def mixings(self) -> tuple[str, ...]:
        """Kinds of `spaces.pattern.mixing` that its encoder blocks allow."""
