"""What a model-based sampler chooses among."""

from __future__ import annotations

import random
from collections.abc import Mapping

import numpy as np
import pytest

from search.problem.bounds import Limits
from search.problem.chain_front import find_chain_front
from search.problem.estimates import foretell_trained
from search.problem.objectives import DELTA_MTL, MACS
from search.problem.pareto import compute_hypervolume
from search.problem.problem import Problem
from search.samplers.candidates import (
    BRED,
    DRAWN,
    choose_apart,
    collect_candidates,
    collect_with_front,
    enumerate_all,
    replay_all,
)
from search.samplers.oneshot import Oneshot
from search.samplers.sampler import Draw
from spaces.chains import follow_chain
from spaces.choices import draw, enumerate_patterns, replay
from spaces.fusion import Fusion
from spaces.joint import Joint
from spaces.networks.cost import Cost
from spaces.pattern.sharing_pattern import SharingPattern

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


MANY = Fusion(1, 4), ("a", "b", "c", "d", "e", "f")
"""Far more than 10,000 patterns."""


def tell(pattern: SharingPattern) -> Mapping[str, float]:
    """What is shared costs accuracy, the less the earlier; by chain, and each group differently."""
    space, tasks = MANY
    tree = space.read_tree(pattern)
    deltas = {
        f"{task}.delta": -sum(
            (len(group) - 1) * random.Random("".join(group)).random() for group in follow_chain(tree, task)
        )
        for task in tasks
    }
    return {**deltas, "delta_mtl": sum(deltas.values()) / len(tasks), "macs": price(pattern).macs}


def price(pattern: SharingPattern) -> Cost:
    return Cost(100 + sum(len(stage.groups) * 2**index for index, stage in enumerate(pattern.decoder)), 1)


def test_of_a_large_space_the_whole_estimated_front_is_looked_at_and_oneshot_takes_its_best() -> None:
    space, tasks = MANY
    plain = Problem(space, tasks, (DELTA_MTL, MACS), price, Limits(macs=160.0), point=(-20.0, 200.0))
    problem = Problem(**{**vars(plain), "estimates": tell})
    front, points = find_chain_front(problem, DELTA_MTL, MACS)
    assert enumerate_all(space, tasks) == () and len(front) > 5 and points[:, 1].max() <= 160

    assert collect_with_front(plain, [], 1) == collect_candidates(space, tasks, [], 1)
    assert collect_with_front(problem, [], 1)[: len(front)] == front

    proposed = Oneshot().propose(problem, [], 1)
    assert isinstance(proposed, Draw)
    values = foretell_trained(problem, [each.pattern for each in front])
    best = int(np.argmax([compute_hypervolume(row[None], (-20.0, 200.0), ("maximise", "minimise")) for row in values]))
    assert proposed.choices == front[best].choices


@pytest.mark.parametrize("seed", range(5))
def test_costs_are_halved_until_none_is_between_and_then_any_will_do(seed: int) -> None:
    """A wide gap that no pattern lies in is left alone: what is nearest to it would be chosen for ever."""
    space, levels = Fusion(1, 4), (10, 80, 85, 90, 95, 100)

    def step(pattern: SharingPattern) -> Cost:
        return Cost(levels[sum(len(stage.groups) for stage in pattern.decoder) % len(levels)], 1)

    problem = Problem(space, TASKS, (DELTA_MTL, MACS), step)
    fresh = list(enumerate_all(space, TASKS))
    known = [next(each for each in fresh if step(each.pattern).macs == cost) for cost in (10, 100)]
    for _ in range(4):
        fresh = [each for each in fresh if each not in known]
        known.append(choose_apart(problem, fresh, known, seed))
    assert {step(each.pattern).macs for each in known} == set(levels)
    fresh = [each for each in fresh if each not in known]
    assert choose_apart(problem, fresh, known, seed) in fresh
