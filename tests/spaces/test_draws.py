"""Which pattern a supernet trains at which step."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces import draws
from spaces.choices import enumerate_patterns
from spaces.draws import OFTEN, Drawn, Listed, plan_draws
from spaces.errors import PatternError
from spaces.fusion import Fusion
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing
from spaces.pattern.walk import list_blocks

quick = settings(max_examples=30, deadline=None)  # on busy cores a deadline measures the neighbours
TASKS = ("a", "b", "c")
SPACE = Fusion(2, 3)
ALL = tuple(proposal.pattern for proposal in enumerate_patterns(SPACE, TASKS))


def anything(pattern: SharingPattern) -> bool:
    return True


def parts_c(pattern: SharingPattern) -> bool:
    """Whether c has the last decoder block for itself."""
    return ("c",) in pattern.decoder[-1].groups


@quick
@given(seed=st.integers(0, 2**31 - 1), turn=st.integers(0, 50))
def test_every_pattern_comes_once_a_round(seed: int, turn: int) -> None:
    plan = Listed(tuple(ALL), seed)
    steps = [plan.at(turn * len(ALL) + place).key for place in range(len(ALL))]
    assert sorted(steps) == sorted(pattern.key for pattern in ALL)


def test_every_eighth_step_is_a_landmark_s() -> None:
    plan, plain = plan_draws(SPACE, TASKS, 3, anything), Listed(tuple(ALL), 3)
    landmarks = [anchor.pattern.key for anchor in SPACE.anchors(TASKS).values()]
    for step in range(60):
        wanted = landmarks[step // OFTEN % 2] if step % OFTEN == 0 else plain.at(step).key
        assert plan.at(step).key == wanted


def test_rounds_and_seeds_have_orders_of_their_own() -> None:
    plan, other = (plan_draws(SPACE, TASKS, seed, anything) for seed in (0, 1))
    first, second = ([plan.at(turn + place).key for place in range(len(ALL))] for turn in (0, len(ALL)))
    assert first != second
    assert first != [other.at(place).key for place in range(len(ALL))]


@pytest.mark.parametrize("largest", [10_000, 5], ids=["listed", "drawn"])
def test_a_step_is_a_function_of_seed_and_step_alone(largest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """So a training goes on where another process left it, in whatever order steps are asked for."""
    monkeypatch.setattr(draws, "LARGEST", largest)
    plan = plan_draws(SPACE, TASKS, 3, anything)
    assert isinstance(plan, Listed if largest > 5 else Drawn)
    forwards = [plan.at(step).key for step in range(40)]
    random.seed(1)
    again = plan_draws(SPACE, TASKS[::-1], 3, anything)  # tasks in any order
    assert [again.at(step).key for step in reversed(range(40))] == forwards[::-1]


def test_only_patterns_within_the_limits_are_listed_or_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = [pattern.key for pattern in ALL if parts_c(pattern)]
    assert 0 < len(allowed) < len(ALL)
    listed = plan_draws(SPACE, TASKS, 0, parts_c)
    assert [pattern.key for pattern in listed.patterns] == allowed
    monkeypatch.setattr(draws, "LARGEST", 5)
    drawn = plan_draws(SPACE, TASKS, 0, parts_c)
    assert isinstance(drawn, Drawn)
    assert {drawn.at(step).key for step in range(500)} == set(allowed)


def test_of_a_large_space_a_few_patterns_hold_every_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "LARGEST", 5)
    drawn = plan_draws(SPACE, TASKS, 0, anything)
    blocks = {block.name for pattern in ALL for block in list_blocks(pattern)}
    assert {block.name for pattern in drawn.patterns for block in list_blocks(pattern)} == blocks
    assert len(drawn.patterns) < len(ALL)


def test_a_pattern_with_a_block_that_was_not_met_is_not_drawn() -> None:
    only = hard_sharing(TASKS, 2, 3)
    blocks = frozenset(block.name for block in list_blocks(only))
    plan = Drawn(SPACE, TASKS, 0, anything, (only,), blocks)
    assert {plan.at(step).key for step in range(3)} == {only.key}


@pytest.mark.parametrize("tries", [0, 1])
def test_where_no_draw_fits_one_of_those_that_were_met_is_taken(tries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "TRIES", tries)
    plan = Drawn(SPACE, TASKS, 0, lambda pattern: False, ALL[:2], frozenset())
    assert {plan.at(step).key for step in range(30)} == {pattern.key for pattern in ALL[:2]}


def test_a_space_without_a_pattern_within_the_limits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PatternError, match="no pattern of space=fusion is within the limits: want one to train; raise"):
        plan_draws(SPACE, TASKS, 0, lambda pattern: False)
    monkeypatch.setattr(draws, "LARGEST", 5)
    monkeypatch.setattr(draws, "QUIET", 20)
    with pytest.raises(PatternError, match="20 draws of space=fusion gave no pattern within the limits: raise them"):
        plan_draws(SPACE, TASKS, 0, lambda pattern: False)
