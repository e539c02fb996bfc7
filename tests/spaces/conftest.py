"""A space wider than `fusion`, so that split encoders and decoders that meet again are tested too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from spaces.choices import Choose, Proposal
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern
from spaces.pattern.stage import Stage
from spaces.tree import decode_partitions


@dataclass(frozen=True)
class TwoTrees:
    """Encoder and decoder parted by trees of their own."""

    encoder_stages: int = 2
    decoder_stages: int = 3
    name: str = "two trees"

    def sample(self, choose: Choose, tasks: Sequence[str]) -> SharingPattern:
        encoder = decode_partitions(choose, tasks, self.encoder_stages, prefix="encoder")
        decoder = decode_partitions(choose, tasks, self.decoder_stages, prefix="decoder")
        return SharingPattern(
            encoder=tuple(map(Stage, encoder)),
            exchange=(NoExchange(),) * self.encoder_stages,
            decoder=tuple(map(Stage, decoder)),
        )

    def anchors(self, tasks: Sequence[str]) -> dict[str, Proposal]:
        return {}


@pytest.fixture(scope="session")
def two_trees() -> TwoTrees:
    return TwoTrees()
