"""What a model-based sampler chooses among."""

from __future__ import annotations

import random

import pytest

from search.samplers.candidates import BRED, DRAWN, collect_candidates, enumerate_all, replay_all
from spaces.choices import draw, enumerate_patterns, replay
from spaces.fusion import Fusion
from spaces.joint import Joint

TASKS = ("depth", "normals", "segmentation")


def test_a_small_space_is_looked_at_whole_whatever_the_seed() -> None:
    whole = collect_candidates(Fusion(4, 4), TASKS, [], 0)

    assert [each.pattern.key for each in whole] == [e.pattern.key for e in enumerate_patterns(Fusion(4, 4), TASKS)]
    assert collect_candidates(Fusion(4, 4), TASKS, [dict(whole[0].choices)], 1) == whole


@pytest.mark.parametrize("bred", [False, True])
def test_of_a_large_space_every_candidate_is_one_of_its_patterns_and_stands_once(bred: bool) -> None:
    space = Joint(4, 4)
    assert enumerate_all(space, TASKS) == ()
    parent = draw(space, TASKS, random.Random(0))
    parents = [dict(parent.choices)] if bred else []

    found = collect_candidates(space, TASKS, parents, 3)

    assert found == collect_candidates(space, TASKS, parents, 3)
    assert len({each.pattern.key for each in found}) == len(found) <= DRAWN + BRED * bred
    for each in found:
        assert replay(space, TASKS, each.choices).pattern == each.pattern
    assert replay_all(space, TASKS, tuple(parent.choices.items())).pattern == parent.pattern
