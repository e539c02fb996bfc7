from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.distributions import CategoricalDistribution
from optuna.trial import FrozenTrial, TrialState

from search.problem.bounds import Limits, Stop
from search.problem.objectives import DELTA_MTL, MACS
from search.problem.problem import Problem
from search.samplers.random import Random
from search.samplers.sampler import Done, Draw, Sampler, Wait
from search.study.proposals import Proposals
from spaces.choices import Proposal, enumerate_patterns
from spaces.fusion import Fusion
from spaces.networks.cost import Cost
from spaces.pattern.sharing_pattern import SharingPattern

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours
TASKS = ("a", "b", "c")


def price(pattern: SharingPattern) -> Cost:
    """Made up, from 1 to 100, and the same for a pattern always."""
    return Cost(1 + int(pattern.key, 16) % 100, 1)


PROBLEM = Problem(Fusion(2, 2), TASKS, (DELTA_MTL, MACS), price)
ALL = {each.pattern.key: each for each in enumerate_patterns(PROBLEM.space, TASKS)}
STATES = st.sampled_from((TrialState.COMPLETE, TrialState.FAIL, TrialState.PRUNED, TrialState.RUNNING))


@dataclass(frozen=True)
class Stubborn(Sampler):
    """Names one pattern and no other."""

    key: str
    tries: int = 1
    gain: float | None = None

    def propose(self, problem: Problem, history: Sequence[FrozenTrial], seed: int) -> Draw:
        return Draw(dict(ALL[self.key].choices), tries=self.tries, gain=self.gain)


def remember(proposal: Proposal, state: TrialState) -> FrozenTrial:
    return optuna.trial.create_trial(
        state=state,
        values=[0.0, 1.0] if state == TrialState.COMPLETE else None,
        params=proposal.choices,
        distributions={name: CategoricalDistribution((value,)) for name, value in proposal.choices.items()},
        user_attrs={"key": proposal.pattern.key},
    )


def propose_all(proposals: Proposals, state: TrialState) -> list[str]:
    """Keys in the order of proposal, until there are no more, or too many."""
    history: list[FrozenTrial] = []
    while len(history) < 2 * len(ALL) and not isinstance(answer := proposals.find(history), (Wait, Done)):
        history.append(remember(answer[0], state))
    return [trial.user_attrs["key"] for trial in history]


@quick
@given(
    sampler=st.sampled_from((Random(), *map(Stubborn, ALL))),
    seed=st.integers(0, 99),
    limit=st.none() | st.integers(1, 100),
    state=STATES,
)
def test_every_pattern_within_the_limits_comes_once_whatever_the_sampler(
    sampler: Sampler, seed: int, limit: int | None, state: TrialState
) -> None:
    problem = replace(PROBLEM, limits=Limits(macs=limit))
    allowed = {key for key, each in ALL.items() if problem.allows(each.pattern)}
    keys = propose_all(Proposals(problem, sampler, [], seed, Stop()), state)
    assert len(keys) == len(allowed)
    assert set(keys) == allowed
    assert propose_all(Proposals(problem, sampler, [], seed, Stop()), state) == keys


@quick
@given(anchors=st.lists(st.sampled_from(sorted(ALL)), unique=True))
def test_anchors_come_first_and_in_order(anchors: list[str]) -> None:
    proposals = Proposals(PROBLEM, Random(), [ALL[key] for key in anchors], 0, Stop())
    assert propose_all(proposals, TrialState.COMPLETE)[: len(anchors)] == anchors


@pytest.mark.parametrize("tries", [1, 2, 3])
def test_a_pattern_that_failed_is_tried_as_often_as_the_sampler_wants_it(tries: int) -> None:
    key = next(iter(ALL))
    proposals = Proposals(PROBLEM, Stubborn(key, tries), [], 0, Stop())
    assert propose_all(proposals, TrialState.FAIL)[: tries + 1].count(key) == tries
    assert propose_all(proposals, TrialState.COMPLETE).count(key) == 1


@quick
@given(gain=st.floats(0.0, 1.0), least=st.floats(0.01, 1.0))
def test_a_proposal_that_is_to_gain_too_little_ends_the_search(gain: float, least: float) -> None:
    answer = Proposals(PROBLEM, Stubborn(next(iter(ALL)), gain=gain), [], 0, Stop(least)).find([])
    assert isinstance(answer, Done) == (gain < least)


def test_the_one_pattern_left_in_a_large_space_is_found_by_going_through_it_all() -> None:
    """Neither the sampler nor chance names it: of 561 patterns the limits leave one."""
    space, tasks = Fusion(2, 5), ("a", "b", "c", "d")
    patterns = list(enumerate_patterns(space, tasks))
    rare = patterns[len(patterns) // 2].pattern
    problem = Problem(
        space, tasks, (DELTA_MTL, MACS), lambda each: Cost(1 if each.key == rare.key else 100, 1), Limits(macs=50)
    )
    found = Proposals(problem, Random(), [], 3, Stop()).find([])
    assert isinstance(found, tuple)
    assert found[0].pattern.key == rare.key
