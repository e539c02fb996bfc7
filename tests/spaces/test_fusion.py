from __future__ import annotations

import random

import pytest

from spaces.choices import draw, enumerate_patterns
from spaces.errors import ConfigError, PatternError
from spaces.fusion import Fusion
from spaces.pattern.sharing_pattern import NoExchange, hard_sharing, separate_decoders
from spaces.pattern.stage import Stage

TASKS = ("segmentation", "depth", "normals")


def test_the_encoder_is_shared_by_all_and_nothing_is_exchanged() -> None:
    pattern = draw(Fusion(3, 4), TASKS, random.Random(0)).pattern
    assert pattern.encoder == (Stage((TASKS,)),) * 3
    assert pattern.exchange == (NoExchange(),) * 3
    assert len(pattern.decoder) == 4


def test_both_ends_are_in_the_space() -> None:
    patterns = {proposal.pattern for proposal in enumerate_patterns(Fusion(4, 4), TASKS)}
    assert {hard_sharing(TASKS, 4, 4), separate_decoders(TASKS, 4, 4)} <= patterns


def test_both_ends_are_anchors() -> None:
    anchors = Fusion(4, 3).anchors(TASKS)
    assert {name: proposal.pattern for name, proposal in anchors.items()} == {
        "all fused": hard_sharing(TASKS, 4, 3),
        "all separate": separate_decoders(TASKS, 4, 3),
    }


def test_equal_by_fields() -> None:
    assert Fusion(4, 5) == Fusion(4.0, 5)  # type: ignore[arg-type]  # YAML may hold 4.0
    assert hash(Fusion(4, 5)) == hash(Fusion(4, 5))


def test_all_wrong_fields_are_reported_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Fusion(encoder_stages=0, decoder_stages="four")  # type: ignore[arg-type]  # that is the mistake
    assert str(caught.value) == (
        "space.encoder_stages=0: want a whole number >= 1\nspace.decoder_stages=four: want a whole number >= 1"
    )


@pytest.mark.parametrize("tasks", [(), ("depth", "depth")])
def test_tasks_without_a_network_are_refused(tasks: tuple[str, ...]) -> None:
    with pytest.raises(PatternError, match="want every task in exactly one non-empty group"):
        draw(Fusion(1, 1), tasks, random.Random(0))
