from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import optuna
import pytest
from optuna.distributions import CategoricalDistribution
from optuna.trial import TrialState, create_trial

from search.problem import pareto
from search.problem.objectives import DELTA_MTL, MACS, PARAMS, WORST_DELTA, Objective
from search.problem.problem import Problem
from search.samplers.candidates import collect_candidates, enumerate_all
from search.samplers.expected_improvement import find_boxes
from search.samplers.frontier import Frontier, _thinned
from search.samplers.sampler import Draw, Wait
from spaces.choices import Proposal, enumerate_patterns, replay
from spaces.errors import ConfigError
from spaces.fusion import Fusion
from spaces.gates import GatedEncoder
from spaces.joint import Joint
from spaces.networks.cost import compute_ceiling, compute_cost
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.pattern.features import compute_features

TASKS = ("depth", "normals", "segmentation")
KNOWN = {"family": Small(), "outputs": dict.fromkeys(TASKS, Output(1, "depth")), "size": (32, 32)}


def problem(space: Any, *objectives: Objective) -> Problem:
    return Problem(space, TASKS, objectives, partial(compute_cost, **KNOWN), ceiling=partial(compute_ceiling, **KNOWN))


def trial(made: Problem, choices: dict[str, Any], values: list[float] | None) -> optuna.trial.FrozenTrial:
    options: dict[str, Any] = {}

    def choose(name: str, allowed: Any) -> Any:
        options[name] = CategoricalDistribution(tuple(allowed))
        return choices[name]

    pattern = made.space.sample(choose, made.tasks)
    state = TrialState.COMPLETE if values else TrialState.RUNNING
    return create_trial(
        state=state, params=choices, distributions=options, values=values, user_attrs={"key": pattern.key}
    )


def truth(proposal: Proposal, weights: np.ndarray) -> float:
    """A made-up accuracy, smooth in what is shared, with one interaction."""
    shared = np.reshape(compute_features(proposal.pattern)[12:24], (4, 3)).mean(0)  # of the decoder's stages, by pair
    return float(shared @ weights + 4 * shared[0] * shared[1] - 3 * shared.mean() ** 2)


def searched(made: Problem, many: int, seed: int, sampler: Frontier | None) -> list[tuple[str, list[float]]]:
    """Keys and values in the order of training; without a sampler at random."""
    weights = np.random.default_rng(seed).normal(0, 3, 3)
    rest = list(enumerate_patterns(made.space, made.tasks))
    random.Random(seed).shuffle(rest)
    history: list[optuna.trial.FrozenTrial] = []
    for number in range(many):
        if sampler is None:
            proposal = rest[number]
        else:
            answer = sampler.propose(made, history, seed + number)
            assert isinstance(answer, Draw)
            proposal = replay(made.space, made.tasks, answer.choices)
        price = made.cost(proposal.pattern)
        known = {MACS.name: float(price.macs), DELTA_MTL.name: truth(proposal, weights)}
        history.append(trial(made, dict(proposal.choices), [known[o.name] for o in made.objectives]))
    return [(each.user_attrs["key"], list(each.values)) for each in history]


def test_nothing_is_proposed_twice_until_all_is_trained() -> None:
    keys = [key for key, _ in searched(problem(Fusion(4, 4), DELTA_MTL, MACS), 35, 0, Frontier())]
    assert len(set(keys)) == 35


def test_it_comes_closer_to_the_front_than_chance() -> None:
    made = problem(Fusion(4, 4), DELTA_MTL, MACS)
    directions = [each.direction for each in made.objectives]
    worst = (-20.0, 1.05 * max(made.cost(p.pattern).macs for p in enumerate_patterns(made.space, TASKS)))

    def reached(seed: int, many: int, sampler: Frontier | None) -> float:
        return pareto.compute_hypervolume(
            np.array([v for _, v in searched(made, many, seed, sampler)]), worst, directions
        )

    for seed in range(5):
        everything_there = reached(seed, 35, None)
        assert reached(seed, 12, Frontier()) > max(reached(seed, 12, None), 0.98 * everything_there)


def test_the_first_trials_are_spread_over_costs() -> None:
    made = problem(Fusion(4, 4), DELTA_MTL, MACS)
    ends = [proposal.choices for proposal in made.space.anchors(TASKS).values()][:2]
    history = [trial(made, dict(choices), [0.0, 1.0]) for choices in ends]
    costs = sorted(made.cost(replay(made.space, TASKS, choices).pattern).macs for choices in ends)
    answer = Frontier(startup=3).propose(made, history, 0)
    between = made.cost(replay(made.space, TASKS, answer.choices).pattern).macs
    assert abs(between - sum(costs) / 2) < 0.2 * (costs[1] - costs[0])


@pytest.mark.parametrize("space", [GatedEncoder(4, 4), Joint(4, 4)], ids=lambda space: space.name)
@pytest.mark.parametrize("objectives", [(DELTA_MTL, MACS), (DELTA_MTL, WORST_DELTA, PARAMS), (WORST_DELTA,)])
def test_gated_and_large_spaces_any_objectives_running_trials(space: Any, objectives: tuple[Objective, ...]) -> None:
    made = problem(space, *objectives)
    rng = np.random.default_rng(0)
    history = []
    for proposal in collect_candidates(space, TASKS, [], 1)[:10]:
        between = rng.uniform(made.cost(proposal.pattern).macs, made.most(proposal.pattern).macs)
        values = [between if o in (MACS, PARAMS) else float(rng.normal()) for o in objectives]
        history.append(trial(made, dict(proposal.choices), values if len(history) < 8 else None))
    answer = Frontier().propose(made, history, 3)
    key = replay(space, TASKS, answer.choices).pattern.key
    assert key not in {each.user_attrs["key"] for each in history}


def test_small_spaces_are_enumerated_large_ones_are_not() -> None:
    assert len(enumerate_all(Fusion(4, 4), TASKS)) == 35
    assert enumerate_all(Joint(4, 4), TASKS) == ()


def test_many_members_of_a_front_of_many_objectives_take_no_minutes_and_no_gigabytes() -> None:
    rng = np.random.default_rng(0)
    for many in (2, 3, 4):
        front = rng.normal(size=(400, many))
        front /= np.linalg.norm(front, axis=1, keepdims=True)
        thin = _thinned(np.abs(front))
        assert len(thin) <= {2: 400, 3: 48, 4: 12}[many]
        assert len(find_boxes(thin, np.full(many, -1.0))[0]) < 5000
        rows = {tuple(row) for row in np.abs(front)}
        assert all(tuple(row) in rows for row in thin)


def test_without_hypervolume_no_share_of_it_is_foretold() -> None:
    made = problem(Fusion(4, 4), DELTA_MTL, MACS)
    proposals = list(enumerate_patterns(made.space, TASKS))[:4]
    for delta, told in ((-50.0, False), (0.0, True)):
        history = [trial(made, dict(p.choices), [delta, float(made.cost(p.pattern).macs)]) for p in proposals]
        assert (Frontier().propose(made, history, 0).gain is not None) is told


def test_gains_count_from_the_reference_point_of_the_search() -> None:
    error = Objective("depth.abs_err_m", "m", "minimise")
    made = problem(Fusion(4, 4), error, MACS)
    proposals = list(enumerate_patterns(made.space, TASKS))[:6]
    history = [
        trial(made, dict(p.choices), [0.5 + 0.01 * row, float(made.cost(p.pattern).macs)])
        for row, p in enumerate(proposals)
    ]
    high = 1.05 * max(made.cost(p.pattern).macs for p in proposals)
    gains = [
        Frontier().propose(replace(made, point=(worst, high)), history, 0).gain for worst in (0.4, 0.6, 60.0)
    ]  # of a point that nothing is better than there is no share
    assert gains[0] is None
    assert None not in gains[1:]
    assert gains[1] != pytest.approx(gains[2])


def test_a_start_without_two_trials_is_refused() -> None:
    with pytest.raises(ConfigError, match="startup"):
        Frontier(startup=1)


def test_another_prior_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        Frontier(prior="oracle")
    assert caught.value.problems == ("sampler.prior=oracle: want supernet, or null for none",)
    assert not Frontier().uses_supernet
    assert Frontier(prior="supernet").uses_supernet


def test_with_a_prior_it_waits_for_the_supernet_and_without_one_it_does_not() -> None:
    made = problem(Fusion(4, 4), DELTA_MTL, MACS)
    assert Frontier(prior="supernet").propose(made, [], 0) == Wait()
    assert isinstance(Frontier().propose(made, [], 0), Draw)


def with_estimates(made: Problem, seed: int, correlation: float) -> Problem:
    """Estimates of such a correlation with the truth of `searched`, in another unit."""
    weights = np.random.default_rng(seed).normal(0, 3, 3)
    rng = np.random.default_rng(seed + 100)
    proposals = list(enumerate_patterns(made.space, made.tasks))
    truths = np.array([truth(each, weights) for each in proposals])
    away = truths.std() * rng.normal(size=len(truths))
    told = 3 * (correlation * truths + np.sqrt(1 - correlation**2) * away) - 20
    known = {
        each.pattern.key: {"delta_mtl": value, "macs": float(made.cost(each.pattern).macs)}
        for each, value in zip(proposals, told.tolist(), strict=True)
    }
    return replace(made, estimates=lambda pattern: known[pattern.key])


def share_reached(made: Problem, seed: int, many: int, sampler: Frontier) -> float:
    directions = [each.direction for each in made.objectives]
    worst = (-20.0, 1.05 * max(made.cost(p.pattern).macs for p in enumerate_patterns(made.space, TASKS)))
    found, whole = (
        pareto.compute_hypervolume(np.array([v for _, v in searched(made, count, seed, each)]), worst, directions)
        for count, each in ((many, sampler), (35, None))
    )
    return found / whole


def test_true_estimates_bring_it_to_the_front_sooner_and_noise_costs_little() -> None:
    made, many = problem(Fusion(4, 4), DELTA_MTL, MACS), 5
    reached = {
        correlation: np.mean(
            [share_reached(with_estimates(made, s, correlation), s, many, Frontier(prior="supernet")) for s in range(4)]
        )
        for correlation in (1.0, 0.0)
    }
    without = np.mean([share_reached(made, seed, many, Frontier()) for seed in range(4)])
    assert reached[1.0] > 0.98
    assert reached[1.0] >= without
    assert reached[0.0] > 0.95 * without


def test_estimates_that_are_no_numbers_are_passed_over() -> None:
    made = problem(Fusion(4, 4), DELTA_MTL, MACS)
    told = with_estimates(made, 0, 1.0).estimates
    assert told is not None
    proposals = list(enumerate_patterns(made.space, TASKS))
    lost = {each.pattern.key for each in proposals[::2]}
    history = [trial(made, dict(p.choices), [0.0, float(made.cost(p.pattern).macs)]) for p in proposals[:4]]
    for all_lost in (False, True):
        broken = replace(
            made,
            estimates=lambda p, all_lost=all_lost: (
                told(p) | ({"delta_mtl": float("nan")} if all_lost or p.key in lost else {})
            ),
        )
        answer = Frontier(prior="supernet").propose(broken, history, 0)
        assert isinstance(answer, Draw)
        assert np.isfinite(answer.gain or 0.0)
