from __future__ import annotations

import random

import pytest

from spaces.branching import Branching
from spaces.choices import count_patterns, draw, enumerate_patterns, replay
from spaces.errors import ConfigError
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern, hard_sharing
from spaces.pattern.stage import Stage
from spaces.tree import encode_choices

TASKS = ("segmentation", "depth", "normals")


def test_one_network_and_networks_side_by_side_are_anchors() -> None:
    apart = Stage(tuple((task,) for task in TASKS))
    assert {name: proposal.pattern for name, proposal in Branching(3, 2).anchors(TASKS).items()} == {
        "all fused": hard_sharing(TASKS, 3, 2),
        "all separate": SharingPattern((apart,) * 3, (NoExchange(),) * 3, (apart,) * 2),
    }


@pytest.mark.parametrize("stages", [(1, 4), (3, 2), (4, 1)])
@pytest.mark.parametrize(("tasks", "trees"), [(1, 1), (2, 6), (3, 51), (4, 561)])
def test_as_many_as_trees_over_all_stages(stages: tuple[int, int], tasks: int, trees: int) -> None:
    assert count_patterns(Branching(*stages), ["a", "b", "c", "d"][:tasks]) == trees


def test_the_decoder_goes_on_with_the_groups_of_the_encoder() -> None:
    for proposal in enumerate_patterns(Branching(2, 2), TASKS):
        last, first = proposal.pattern.encoder[-1].groups, proposal.pattern.decoder[0].groups
        assert all(any(set(group) <= set(before) for before in last) for group in first)


def test_stages_of_a_tree_stand_where_they_are_drawn() -> None:
    apart, pair = (("depth",), ("normals",), ("segmentation",)), (("depth",), ("normals", "segmentation"))
    drawn = replay(Branching(2, 2), TASKS, encode_choices([(tuple(sorted(TASKS)),), pair, pair, apart])).pattern
    assert [stage.groups for stage in drawn.encoder] == [(tuple(sorted(TASKS)),), pair]
    assert [stage.groups for stage in drawn.decoder] == [pair, apart]


def test_nothing_is_exchanged_routed_or_gated() -> None:
    pattern = draw(Branching(3, 2), TASKS, random.Random(0)).pattern
    assert pattern.exchange == (NoExchange(),) * 3
    assert {stage.mixing.kind for stage in (*pattern.encoder, *pattern.decoder)} == {"shared"}


def test_all_wrong_fields_are_reported_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Branching(encoder_stages=0, decoder_stages="four")  # type: ignore[arg-type]  # that is the mistake
    assert str(caught.value) == (
        "space.encoder_stages=0: want a whole number >= 1\nspace.decoder_stages=four: want a whole number >= 1"
    )
