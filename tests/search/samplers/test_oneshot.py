"""The patterns of a supernet's estimated front that hold most, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from optuna.trial import FrozenTrial, TrialState, create_trial

from search.problem.bounds import Limits, Stop
from search.problem.estimates import foretell_trained
from search.problem.objectives import DELTA_MTL, MACS
from search.problem.pareto import compute_hypervolume, mark_front
from search.problem.problem import Problem
from search.problem.subset import choose_subset
from search.samplers import candidates
from search.samplers.oneshot import Oneshot
from search.samplers.sampler import Done, Draw, Wait
from spaces.choices import enumerate_patterns, replay
from spaces.errors import ConfigError
from spaces.fusion import Fusion
from spaces.networks.cost import compute_cost
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.pattern.sharing_pattern import SharingPattern

TASKS = ("depth", "normals", "segmentation")
SPACE = Fusion(4, 4)
COST = partial(compute_cost, family=Small(), outputs=dict.fromkeys(TASKS, Output(1, "depth")), size=(32, 32))
PATTERNS = [proposal.pattern for proposal in enumerate_patterns(SPACE, TASKS)]
TOLD = dict(zip([p.key for p in PATTERNS], np.random.default_rng(0).normal(0, 8, len(PATTERNS)).tolist(), strict=True))
MOST = 1.05 * max(COST(pattern).macs for pattern in PATTERNS)


def tell(pattern: SharingPattern) -> dict[str, float]:
    macs = float(COST(pattern).macs)
    return {"delta_mtl": TOLD[pattern.key] + 40 * macs / MOST - 30, "macs": macs}


PROBLEM = Problem(SPACE, TASKS, (DELTA_MTL, MACS), COST, point=(-20.0, MOST), estimates=tell)


def begun(keys: Sequence[str]) -> list[FrozenTrial]:
    """Trials that run."""
    return [create_trial(state=TrialState.RUNNING, user_attrs={"key": key}) for key in keys]


def ended(keys: Sequence[str]) -> list[FrozenTrial]:
    """Trials that are over: keys and states are all that this sampler looks at."""
    return [create_trial(state=TrialState.COMPLETE, values=[1.0, 1.0], user_attrs={"key": key}) for key in keys]


def propose(problem: Problem, keys: Sequence[str], seed: int = 0) -> tuple[SharingPattern, float | None]:
    answer = Oneshot().propose(problem, ended(keys), seed)
    assert isinstance(answer, Draw)
    return replay(problem.space, problem.tasks, answer.choices).pattern, answer.gain


def propose_many(problem: Problem, count: int) -> list[SharingPattern]:
    taken: list[SharingPattern] = []
    for number in range(count):
        taken.append(propose(problem, [pattern.key for pattern in taken], number)[0])
    return taken


def test_it_waits_for_the_supernet() -> None:
    assert Oneshot().propose(replace(PROBLEM, estimates=None), [], 0) == Wait()


def test_it_rests_on_a_supernet_and_its_trials_are_final() -> None:
    assert Oneshot().uses_supernet
    assert (Oneshot.delivers, Oneshot.foretells, Oneshot.landmarks) == (True, True, False)


def test_a_trial_that_failed_holds_nothing_and_is_not_taken_again() -> None:
    first, _ = propose(PROBLEM, [])
    failed = [create_trial(state=TrialState.FAIL, user_attrs={"key": first.key})]
    answer = Oneshot().propose(PROBLEM, failed, 0)
    assert isinstance(answer, Draw)
    assert answer.gain is None  # beside nothing there is no share
    assert replay(PROBLEM.space, PROBLEM.tasks, answer.choices).pattern.key != first.key


@pytest.mark.parametrize("count", [1, 3, 5])
def test_it_takes_what_adds_most_hypervolume_as_it_is_foretold(count: int) -> None:
    values = foretell_trained(PROBLEM, PATTERNS)
    directions = [objective.direction for objective in PROBLEM.objectives]

    def hold(chosen: Sequence[SharingPattern]) -> float:
        rows = [PATTERNS.index(pattern) for pattern in chosen]
        return compute_hypervolume(values[rows], PROBLEM.point or (), directions)

    taken = propose_many(PROBLEM, count)
    for number in range(count):
        most = max(hold([*taken[:number], other]) for other in PATTERNS)
        assert hold(taken[: number + 1]) == pytest.approx(most)
    best = [PATTERNS[row] for row in choose_subset(values, PROBLEM.point or (), directions, count)]
    assert hold(taken) >= 0.97 * hold(best)
    front = {PATTERNS[row].key for row in mark_front(values, directions)}
    assert {pattern.key for pattern in taken} <= front


@pytest.mark.parametrize("count", [2, 3, 5])
def test_in_a_chain_the_same_come_one_after_the_other_the_costliest_first(count: int) -> None:
    chained = propose_many(replace(PROBLEM, trials=count), count)
    costs = [COST(pattern).macs for pattern in chained]
    assert costs == sorted(costs, reverse=True)
    assert {pattern.key for pattern in chained} == {pattern.key for pattern in propose_many(PROBLEM, count)}


def test_with_more_trials_the_chain_goes_on() -> None:
    first = [pattern.key for pattern in propose_many(replace(PROBLEM, trials=2), 2)]
    more = {propose(replace(PROBLEM, trials=4), first)[0].key}
    more |= {propose(replace(PROBLEM, trials=4), [*first, *more])[0].key}
    assert {*first, *more} == {pattern.key for pattern in propose_many(PROBLEM, 4)}


def test_a_chain_waits_for_what_runs_and_side_by_side_nobody_waits() -> None:
    first = propose(PROBLEM, [])[0].key
    assert Oneshot().propose(PROBLEM, begun([first]), 0) == Wait()
    apart = Oneshot(order="apart")
    answer = apart.propose(PROBLEM, begun([first]), 0)
    assert isinstance(answer, Draw)
    assert answer.choices == propose_choices(PROBLEM, [first])
    assert (Oneshot().chained, apart.chained) == (True, False)


def test_another_order_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"order=backwards: want .*chained.*apart"):
        Oneshot(order="backwards")


def propose_choices(problem: Problem, keys: Sequence[str]) -> dict[str, object]:
    answer = Oneshot().propose(problem, ended(keys), 0)
    assert isinstance(answer, Draw)
    return answer.choices


def test_it_foretells_what_a_training_adds_as_a_share() -> None:
    first, gain = propose(PROBLEM, [])
    assert gain is None  # there is nothing yet that it could be a share of
    second, gain = propose(PROBLEM, [first.key])
    values = foretell_trained(PROBLEM, PATTERNS)
    directions = [objective.direction for objective in PROBLEM.objectives]
    one, two = (
        compute_hypervolume(values[[PATTERNS.index(pattern) for pattern in rows]], PROBLEM.point or (), directions)
        for rows in ([first], [first, second])
    )
    assert gain == pytest.approx((two - one) / one)


def test_all_patterns_are_proposed_in_the_end_each_once() -> None:
    taken = propose_many(PROBLEM, len(PATTERNS))
    assert len({pattern.key for pattern in taken}) == len(PATTERNS)
    answer = Oneshot().propose(PROBLEM, ended([pattern.key for pattern in taken]), 0)
    assert answer == Done(f"Every pattern within the limits is trained, {len(PATTERNS)} in all.")


def test_patterns_beyond_the_limits_are_left_out() -> None:
    limit = float(np.median([COST(pattern).macs for pattern in PATTERNS]))
    limited = replace(PROBLEM, limits=Limits(macs=limit))
    within = sum(COST(pattern).macs <= limit for pattern in PATTERNS)
    taken = propose_many(limited, within)
    assert all(COST(pattern).macs <= limit for pattern in taken)
    answer = Oneshot().propose(limited, ended([pattern.key for pattern in taken]), 0)
    assert answer == Done(f"Every pattern within the limits is trained, {within} in all.")


def test_equal_inputs_give_equal_proposals() -> None:
    assert [p.key for p in propose_many(PROBLEM, 4)] == [p.key for p in propose_many(PROBLEM, 4)]


def test_of_a_large_space_it_chooses_among_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "enumerate_all", lambda space, tasks: ())
    assert propose(PROBLEM, [])[0].key in TOLD


@pytest.mark.parametrize("least", [0.02, 0.1, 0.5])
def test_a_chain_that_ends_by_itself_takes_what_is_worth_a_training_and_nothing_else(least: float) -> None:
    """Not the first of these comes next, but the costliest, whose gain may be the smallest."""
    stop, count = Stop(hv_gain=least), 8
    plain: list[SharingPattern] = []
    while len(plain) < count:
        pattern, gain = propose(replace(PROBLEM, trials=len(plain) + 1), [each.key for each in plain])
        if stop.explain(gain):
            break
        plain.append(pattern)
    assert 0 < len(plain) < count
    taken: list[SharingPattern] = []
    problem = replace(PROBLEM, trials=count, stop=stop)
    while True:
        pattern, gain = propose(problem, [each.key for each in taken])
        if stop.explain(gain):
            break
        taken.append(pattern)
    assert {pattern.key for pattern in taken} == {pattern.key for pattern in plain}
    assert [COST(pattern).macs for pattern in taken] == sorted((COST(p).macs for p in taken), reverse=True)
