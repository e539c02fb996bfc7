"""The space ``fusion``: where task decoders fuse and where they split.

The axis of Progressive Decoder Fusion: one shared encoder, and decoders that run as one from the deepest
features on, until tasks part. Fused decoder stages save computation; the search asks what they cost or gain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from spaces.chains import TreeSpace
from spaces.choices import Choose, Proposal
from spaces.errors import PatternError
from spaces.fields import Fields
from spaces.options import check_stages, choose_deepest, choose_first, record_anchors
from spaces.pattern.sharing_pattern import SharingPattern, uniform
from spaces.pattern.stage import Partition
from spaces.tree import decode_partitions


@dataclass(frozen=True)
class Fusion(TreeSpace):
    """All trees of decoders over a shared encoder, from one decoder for all tasks to one decoder a task.

    Args:
        encoder_stages: stages of the encoder, shared by all tasks.
        decoder_stages: stages of the decoder, low resolution to high.

    Raises:
        ConfigError: a number of stages is not a whole number of at least 1.
    """

    encoder_stages: int
    decoder_stages: int

    group: ClassVar[str] = "space"
    name: ClassVar[str] = "fusion"

    def __post_init__(self) -> None:
        fields = Fields(self)
        check_stages(fields)
        fields.done()

    def sample(self, choose: Choose, tasks: Sequence[str]) -> SharingPattern:
        """Draw a tree of decoders: ``parent.<task>`` and ``depth.<task>`` for every task but the first."""
        decoder = decode_partitions(choose, tasks, self.decoder_stages)
        return _make_pattern(tuple(sorted(tasks)), self.encoder_stages, decoder)

    def with_decoder(self, tasks: Sequence[str], decoder: Sequence[Partition]) -> Proposal:
        """The pattern with these decoder groups, low resolution to high.

        Raises:
            PatternError: not one partition of the tasks a stage, or one that is coarser than that before it.
        """
        pattern = _make_pattern(tuple(sorted(tasks)), self.encoder_stages, tuple(decoder))
        if len(decoder) != self.decoder_stages:
            raise PatternError(f"{len(decoder)} decoder groups for {self.decoder_stages} stages: want one a stage")
        return self.propose_tree(tasks, self.read_tree(pattern))

    @property
    def tree_stages(self) -> int:
        """Those of the decoder."""
        return self.decoder_stages

    def read_tree(self, pattern: SharingPattern) -> tuple[Partition, ...]:
        """The decoder's groups."""
        return tuple(stage.groups for stage in pattern.decoder)

    def make_pattern(self, tree: Sequence[Partition]) -> SharingPattern:
        """The pattern with these decoder groups."""
        return _make_pattern(
            tuple(sorted(task for group in tree[0] for task in group)), self.encoder_stages, tuple(tree)
        )

    def anchors(self, tasks: Sequence[str]) -> dict[str, Proposal]:
        """One decoder for all, the cheapest pattern, and one decoder a task, the costliest."""
        return record_anchors(self, tasks, {"all fused": choose_deepest, "all separate": choose_first})


@lru_cache(maxsize=2**14)  # many choices make one pattern, and building it is most of what a draw costs
def _make_pattern(tasks: tuple[str, ...], encoder_stages: int, decoder: tuple[Partition, ...]) -> SharingPattern:
    return uniform(tasks, encoder_stages, decoder)
