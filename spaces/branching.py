"""The space ``branching``: a tree from the image to the heads, encoder stages included.

What branched multi-task searches look for (BMTAS, Learning to Branch, TreeMTL): until where tasks have one trunk, and
how they part. The decoder goes on with the groups that the encoder ends with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from spaces.chains import TreeSpace
from spaces.choices import Choose, Proposal
from spaces.fields import Fields
from spaces.options import check_stages, choose_deepest, choose_first, record_anchors
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern
from spaces.pattern.stage import Partition, Stage
from spaces.tree import decode_partitions


@dataclass(frozen=True)
class Branching(TreeSpace):
    """All trees over encoder and decoder stages, from one network for all tasks to one network a task.

    Args:
        encoder_stages: stages of the encoder.
        decoder_stages: stages of the decoder, low resolution to high.

    Raises:
        ConfigError: a number of stages is not a whole number of at least 1.
    """

    encoder_stages: int
    decoder_stages: int

    group: ClassVar[str] = "space"
    name: ClassVar[str] = "branching"

    def __post_init__(self) -> None:
        fields = Fields(self)
        check_stages(fields)
        fields.done()

    def sample(self, choose: Choose, tasks: Sequence[str]) -> SharingPattern:
        """Draw one tree over all stages: ``parent.<task>`` and ``depth.<task>`` for every task but the first."""
        groups = decode_partitions(choose, tasks, self.encoder_stages + self.decoder_stages)
        return _make_pattern(groups, self.encoder_stages)

    @property
    def tree_stages(self) -> int:
        """Those of encoder and decoder."""
        return self.encoder_stages + self.decoder_stages

    def read_tree(self, pattern: SharingPattern) -> tuple[Partition, ...]:
        """Its groups, from the image to the heads."""
        return tuple(stage.groups for stage in (*pattern.encoder, *pattern.decoder))

    def make_pattern(self, tree: Sequence[Partition]) -> SharingPattern:
        """The pattern with these groups."""
        return _make_pattern(tuple(tree), self.encoder_stages)

    def anchors(self, tasks: Sequence[str]) -> dict[str, Proposal]:
        """One network for all tasks, the cheapest, and single-task networks side by side, the costliest."""
        return record_anchors(self, tasks, {"all fused": choose_deepest, "all separate": choose_first})


@lru_cache(maxsize=2**14)  # many choices make one tree
def _make_pattern(groups: tuple[Partition, ...], encoder_stages: int) -> SharingPattern:
    stages = tuple(Stage(each) for each in groups)
    return SharingPattern(stages[:encoder_stages], (NoExchange(),) * encoder_stages, stages[encoder_stages:])
