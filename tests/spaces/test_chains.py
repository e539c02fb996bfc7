"""Chains of groups, and the few patterns that hold them all."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces import draws
from spaces.branching import Branching
from spaces.chains import TreeSpace, follow_chain
from spaces.choices import enumerate_patterns, replay
from spaces.draws import Drawn, cover_space, is_covered, plan_draws
from spaces.fusion import Fusion
from spaces.pattern.computations import Computations
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.walk import list_blocks
from spaces.workspace import Workspaces

quick = settings(max_examples=30, deadline=None)  # on busy cores a deadline measures the neighbours
TASKS = ("d", "b", "a", "c")
SPACES = [(Fusion(2, 4), 3), (Fusion(1, 3), 4), (Branching(2, 2), 3), (Branching(1, 1), 4), (Fusion(2, 3), 1)]
trees = pytest.mark.parametrize(("space", "many"), SPACES, ids=lambda each: str(each))


def read_all(patterns: Iterable[SharingPattern]) -> set[tuple[str, str]]:
    """What is estimated: every task with the key of what its head reads last."""
    graph = Computations()
    return {(task, read[-1].key) for pattern in patterns for task, read in graph.walk(pattern).items()}


def list_chains(space: TreeSpace, patterns: Iterable[SharingPattern]) -> set[tuple[tuple[str, ...], ...]]:
    return {follow_chain(space.read_tree(each), task) for each in patterns for task in each.tasks}


@trees
def test_few_patterns_hold_every_chain_and_so_every_computation(space: TreeSpace, many: int) -> None:
    tasks = TASKS[:many]
    every = [each.pattern for each in enumerate_patterns(space, tasks)]
    covers = list(space.cover_chains(tasks))

    assert len(list_chains(space, covers)) == space.count_chains(tasks)
    assert list_chains(space, covers) == list_chains(space, every)
    assert read_all(covers) == read_all(every)
    assert len(set(covers)) == len(covers) and set(covers) <= set(every)


@pytest.mark.parametrize(("tasks", "stages", "chains"), [(5, 5, 4651), (7, 4, 61_741), (2, 1, 3)])
def test_chains_are_counted_by_a_formula(tasks: int, stages: int, chains: int) -> None:
    assert Fusion(4, stages).count_chains("abcdefg"[:tasks]) == chains


@pytest.mark.parametrize(("space", "many"), SPACES[:4])
@quick
@given(prices=st.lists(st.integers(0, 9), min_size=4, max_size=4), data=st.data())
def test_limits_leave_exactly_the_chains_and_blocks_of_allowed_patterns(
    space: TreeSpace, many: int, prices: list[int], data: st.DataObject
) -> None:
    """A cover beyond the limits would be missed if a dearer pattern with its chain could be within them."""

    def cost(pattern: SharingPattern) -> int:
        return sum(price * len(groups) for price, groups in zip(prices, space.read_tree(pattern), strict=False))

    every = [each.pattern for each in enumerate_patterns(space, TASKS[:many])]
    limit = data.draw(st.sampled_from(sorted({cost(each) for each in every})))
    allowed = [each for each in every if cost(each) <= limit]

    found = cover_space(space, TASKS[:many], lambda each: cost(each) <= limit)

    assert set(found) <= set(allowed)
    assert read_all(found) == read_all(allowed)
    assert {b.name for p in found for b in list_blocks(p)} == {b.name for p in allowed for b in list_blocks(p)}


@trees
def test_a_tree_is_read_made_and_proposed(space: TreeSpace, many: int) -> None:
    for proposal in enumerate_patterns(space, TASKS[:many]):
        tree = space.read_tree(proposal.pattern)
        assert space.make_pattern(tree) == proposal.pattern
        proposed = space.propose_tree(TASKS[:many], tree)
        assert proposed.pattern == proposal.pattern == replay(space, TASKS[:many], proposed.choices).pattern


def test_a_supernet_of_a_large_space_of_trees_holds_all_chains_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    space, tasks = Fusion(1, 3), TASKS
    monkeypatch.setattr(draws, "LARGEST", 5)
    whole = plan_draws(space, tasks, 0, lambda each: True)
    monkeypatch.setattr(draws, "MOST_CHAINS", space.count_chains(tasks) - 1)
    part = plan_draws(space, tasks, 0, lambda each: True)

    assert isinstance(whole, Drawn) and isinstance(part, Drawn)
    assert set(whole.patterns) == set(space.cover_chains(tasks))
    assert whole.blocks == part.blocks
    assert read_all(part.patterns) < read_all(whole.patterns)


def test_small_spaces_and_those_of_few_chains_are_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    trees, other = Fusion(1, 3), Workspaces(2, 2)
    assert is_covered(trees, TASKS) and is_covered(other, TASKS[:2])
    monkeypatch.setattr(draws, "LARGEST", 5)
    assert is_covered(trees, TASKS) and not is_covered(other, TASKS[:2])
    monkeypatch.setattr(draws, "MOST_CHAINS", 5)
    assert not is_covered(trees, TASKS)
