from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from spaces.choices import Choose, Proposal, count_patterns, draw, enumerate_patterns, mutate
from spaces.fusion import Fusion
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing, separate_decoders
from tests.spaces.conditional import Conditional

TASKS = ("depth", "normals", "segmentation")
FUSION = Fusion(encoder_stages=4, decoder_stages=4)


@dataclass(frozen=True)
class Labelled(SharingPattern):
    """A pattern with an option that changes nothing that is computed."""

    label: str


@dataclass(frozen=True)
class Idle:
    """A space in which different patterns have one key."""

    name: str = "idle"

    def sample(self, choose: Choose, tasks: Sequence[str]) -> SharingPattern:
        fused = hard_sharing(tasks, 1, 2) if choose("fused", (True, False)) else separate_decoders(tasks, 1, 2)
        return Labelled(fused.encoder, fused.exchange, fused.decoder, choose("label", ("a", "b", "c")))

    def anchors(self, tasks: Sequence[str]) -> dict[str, Proposal]:
        return {}


def test_enumeration_finds_what_draws_find() -> None:
    rng = random.Random(0)
    drawn = {draw(FUSION, TASKS, rng).pattern.key for _ in range(1500)}
    listed = [proposal.pattern.key for proposal in enumerate_patterns(FUSION, TASKS)]
    assert Counter(listed) == Counter(drawn)
    assert len(listed) == 35


def test_enumeration_follows_conditions_and_gives_each_key_once() -> None:
    proposals = list(enumerate_patterns(Conditional(), TASKS))
    assert [proposal.choices for proposal in proposals] == [
        {"style": "partly", "first": True},
        {"style": "partly", "first": False},
        {"style": "fused"},
    ]
    assert proposals[1].pattern == separate_decoders(TASKS, 1, 2)


def test_patterns_with_one_key_are_one() -> None:
    assert [proposal.choices for proposal in enumerate_patterns(Idle(), TASKS)] == [
        {"fused": True, "label": "a"},
        {"fused": False, "label": "a"},
    ]
    rng = random.Random(0)
    start = draw(Idle(), TASKS, rng)
    assert all(mutate(Idle(), TASKS, start, rng).pattern.key != start.pattern.key for _ in range(20))


def test_count_stops_where_told() -> None:
    assert count_patterns(FUSION, TASKS) == 35
    assert count_patterns(FUSION, TASKS, at_most=10) == 10
    assert count_patterns(FUSION, TASKS, at_most=1000) == 35


def test_a_large_space_is_entered_without_walking_through_it() -> None:
    assert count_patterns(Fusion(4, 5), tuple("abcdefghijklmnop"), at_most=50) == 50
