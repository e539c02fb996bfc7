"""The estimated front by dynamic programming, against that of all patterns."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.problem.bounds import Limits
from search.problem.chain_front import find_chain_front, list_estimated_front
from search.problem.estimates import Estimates, relate_estimates
from search.problem.objectives import DELTA_MTL, MACS, MINIMISE, PARAMS, WORST_DELTA, Objective
from search.problem.pareto import mark_front
from search.problem.problem import Problem
from spaces import draws
from spaces.branching import Branching
from spaces.chains import Chain, TreeSpace, follow_chain
from spaces.choices import enumerate_patterns, replay
from spaces.draws import cover_space
from spaces.errors import DataError
from spaces.fusion import Fusion
from spaces.networks.cost import Cost, compute_cost
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.pattern.computations import Computations
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing
from spaces.workspace import Workspaces
from tests.search.trials import NAMES as REAL_NAMES
from tests.search.trials import TASKS as REAL

NAMES = ("a", "b", "c", "d")
TREES = [(Fusion(4, 4), 3), (Fusion(4, 3), 4), (Branching(2, 2), 3)]
trees = pytest.mark.parametrize(("space", "many"), TREES, ids=["fusion of 3", "fusion of 4", "branching of 3"])
pairs = pytest.mark.parametrize(
    ("delta", "cost"), [(DELTA_MTL, MACS), (WORST_DELTA, MACS), (DELTA_MTL, PARAMS), (WORST_DELTA, PARAMS)]
)
some = settings(max_examples=15, deadline=None)  # on busy cores a deadline measures the neighbours


@cache
def price(pattern: SharingPattern) -> Cost:
    """Blocks have a price by stage, as real ones; macs and params rank patterns differently."""
    counts = [len(stage.groups) for stage in (*pattern.encoder, *pattern.decoder)]
    macs = sum(count * 3 ** (stage // 2) for stage, count in enumerate(counts))
    return Cost(100 + macs, 50 + sum(count * 2 ** (7 - stage) for stage, count in enumerate(counts)))


@cache
def list_all(space: TreeSpace, many: int) -> list[SharingPattern]:
    return [each.pattern for each in enumerate_patterns(space, NAMES[:many])]


def state(space: Any, many: int, estimates: Any, **limits: float | None) -> Problem:
    return Problem(space, NAMES[:many], (DELTA_MTL, MACS), price, Limits(**limits), estimates=estimates)


def make_estimates(space: TreeSpace, seed: int, *, whole: bool, auxiliary: int = 0) -> Any:
    """Made-up changes that depend on a task's chain; whole numbers of a small range are often equal."""

    @cache
    def change(task: str, chain: Chain) -> float:
        rng = random.Random(f"{seed} {task} {chain}")
        return float(rng.randint(-3, 3)) if whole else rng.gauss(0, 5)

    def tell(pattern: SharingPattern) -> Mapping[str, float]:
        tree = space.read_tree(pattern)
        main = pattern.tasks[auxiliary:]
        deltas = {f"{task}.delta": change(task, follow_chain(tree, task)) for task in main}
        return deltas | {"delta_mtl": sum(deltas.values()) / len(main), "worst_delta": min(deltas.values())}

    return tell


def enumerate_front(problem: Problem, patterns: list[SharingPattern], delta: Objective, cost: Objective) -> np.ndarray:
    """Distinct points of the front, cheapest first, the slow way."""
    assert problem.estimates is not None
    allowed = [each for each in patterns if problem.allows(each)]
    costs = [problem.cost(each) for each in allowed]
    told = [each.macs if cost == MACS else each.params for each in costs]
    points = np.array([(problem.estimates(each)[delta.name], c) for each, c in zip(allowed, told, strict=True)])
    points = np.unique(points.reshape(-1, 2)[mark_front(points, (delta.direction, MINIMISE))], axis=0)
    return points[np.argsort(points[:, 1])]


@trees
@pairs
@some
@given(seed=st.integers(0, 2**31), auxiliary=st.integers(0, 2))
def test_it_is_the_front_of_all_patterns(
    space: TreeSpace, many: int, delta: Objective, cost: Objective, seed: int, auxiliary: int
) -> None:
    problem = state(space, many, make_estimates(space, seed, whole=True, auxiliary=auxiliary))
    found, values = find_chain_front(problem, delta, cost)
    assert np.array_equal(values, enumerate_front(problem, list_all(space, many), delta, cost))
    assert len(found) == len(values)
    for proposal, (estimated, _) in zip(found, values, strict=True):
        assert problem.estimates and problem.estimates(proposal.pattern)[delta.name] == estimated
        assert replay(space, problem.tasks, proposal.choices).pattern == proposal.pattern


@trees
@pairs
@some
@given(seed=st.integers(0, 2**31))
def test_it_is_so_of_numbers_that_are_rounded_too(
    space: TreeSpace, many: int, delta: Objective, cost: Objective, seed: int
) -> None:
    problem = state(space, many, make_estimates(space, seed, whole=False))
    values = find_chain_front(problem, delta, cost)[1]
    np.testing.assert_allclose(values, enumerate_front(problem, list_all(space, many), delta, cost), rtol=1e-12)


@trees
@pairs
@some
@given(data=st.data(), seed=st.integers(0, 2**31), limited=st.sampled_from(["macs", "params", "both"]))
def test_patterns_beyond_a_limit_are_left_out_also_of_the_cost_that_is_no_objective(
    space: TreeSpace, many: int, delta: Objective, cost: Objective, data: st.DataObject, seed: int, limited: str
) -> None:
    most = price(data.draw(st.sampled_from(list_all(space, many))))
    limits = {"macs": most.macs, "params": most.params}
    problem = state(
        space,
        many,
        make_estimates(space, seed, whole=True),
        **{name: limit for name, limit in limits.items() if limited in (name, "both")},
    )
    found, values = find_chain_front(problem, delta, cost)
    assert np.array_equal(values, enumerate_front(problem, list_all(space, many), delta, cost))
    assert all(problem.allows(each.pattern) for each in found)


@pytest.mark.parametrize("space", [Fusion(4, 4), Branching(4, 4)], ids=lambda space: space.name)
def test_real_networks_cost_the_sum_of_their_blocks(space: TreeSpace) -> None:
    """Also to the last unit: a limit that the costliest but one just meets takes the costliest alone."""
    outputs = {name: Output(channels, "depth") for channels, name in enumerate("abc", start=1)}
    exact = cache(partial(compute_cost, family=Small(), outputs=outputs, size=(32, 32)))
    problem = replace(state(space, 3, make_estimates(space, 0, whole=True)), cost=exact)
    for cost in (MACS, PARAMS):
        values = find_chain_front(problem, DELTA_MTL, cost)[1]
        assert np.array_equal(values, enumerate_front(problem, list_all(space, 3), DELTA_MTL, cost))
        limits = Limits(**{cost.name: float(values[-2, 1])})
        assert np.array_equal(find_chain_front(replace(problem, limits=limits), DELTA_MTL, cost)[1], values[:-1])


@pytest.mark.parametrize("seed", range(3))
def test_where_not_all_chains_are_estimated_it_is_of_all_patterns_whose_chains_are(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draws, "MOST_CHAINS", 5)
    monkeypatch.setattr(draws, "LARGEST", 5)
    space, tasks = Fusion(4, 3), NAMES
    problem = state(space, 4, make_estimates(space, seed, whole=True))
    drawn = cover_space(space, tasks, problem.allows)
    known = {follow_chain(space.read_tree(each), task) for each in drawn for task in tasks}
    told = [
        each for each in list_all(space, 4) if all(follow_chain(space.read_tree(each), task) in known for task in tasks)
    ]
    assert len(drawn) < len(told) < len(list_all(space, 4))

    values = find_chain_front(problem, DELTA_MTL, MACS)[1]

    assert np.array_equal(values, enumerate_front(problem, told, DELTA_MTL, MACS))


def test_an_undefined_estimate_leaves_its_chain_out() -> None:
    space = Fusion(4, 3)
    whole = make_estimates(space, 1, whole=True)

    def tell(pattern: SharingPattern) -> Mapping[str, float]:
        """Undefined for a that is never alone."""
        told = dict(whole(pattern))
        if ("a",) not in pattern.decoder[-1].groups:
            told |= dict.fromkeys(("a.delta", "delta_mtl", "worst_delta"), math.nan)
        return told

    problem = state(space, 4, tell)
    defined = [each for each in list_all(space, 4) if math.isfinite(tell(each)["delta_mtl"])]
    values = find_chain_front(problem, DELTA_MTL, MACS)[1]
    assert np.array_equal(values, enumerate_front(problem, defined, DELTA_MTL, MACS))


def test_every_delta_is_taken_with_every_cost_that_is_an_objective_and_with_macs_if_none_is() -> None:
    space = Fusion(4, 3)
    problem = state(space, 4, make_estimates(space, 1, whole=False))

    def fronts(*wanted: tuple[Objective, Objective]) -> set[str]:
        return {each.pattern.key for pair in wanted for each in find_chain_front(problem, *pair)[0]}

    def listed(*objectives: Objective) -> list[str]:
        return [each.pattern.key for each in list_estimated_front(replace(problem, objectives=objectives))]

    assert set(listed(PARAMS, WORST_DELTA)) == fronts((WORST_DELTA, PARAMS))
    assert set(listed(DELTA_MTL)) == fronts((DELTA_MTL, MACS))
    every = listed(DELTA_MTL, WORST_DELTA, MACS)
    assert set(every) == fronts((DELTA_MTL, MACS), (WORST_DELTA, MACS)) and len(set(every)) == len(every)
    assert listed(Objective("a.f1", "", "maximise"), MACS) == []


def test_there_is_none_without_trees_without_estimates_or_without_the_tasks_changes() -> None:
    space = Fusion(4, 3)
    assert list_estimated_front(state(space, 3, None)) == ()
    assert list_estimated_front(state(Workspaces(4, 3), 3, lambda pattern: {"delta_mtl": 0.0})) == ()
    assert list_estimated_front(state(space, 3, lambda pattern: {"delta_mtl": 0.0})) == ()


def make_table(patterns: list[SharingPattern]) -> dict[str, dict[str, dict[str, float]]]:
    """Metrics as a supernet's training tells them."""
    graph, rng = Computations(), random.Random(0)
    table: dict[str, dict[str, dict[str, float]]] = {task.name: {} for task in REAL}
    for pattern in patterns:
        for name, read in graph.walk(pattern).items():
            task = next(each for each in REAL if each.name == name)
            table[name].setdefault(read[-1].key, {metric.name: rng.uniform(0.2, 0.8) for metric in task.table})
    return table


@pytest.mark.parametrize("delta", [DELTA_MTL, WORST_DELTA])
def test_it_is_the_front_of_a_supernets_estimates_auxiliary_tasks_among_them(delta: Objective) -> None:
    space, names = Fusion(4, 3), tuple(sorted(REAL_NAMES))
    problem = Problem(space, names, (delta, MACS), price)
    reference = dict.fromkeys(names, 0.5)
    estimates = Estimates(make_table(list(space.cover_chains(names))), "file")
    problem = replace(problem, estimates=relate_estimates(estimates, problem, REAL, reference, {}))

    values = find_chain_front(problem, delta, MACS)[1]

    every = [each.pattern for each in enumerate_patterns(space, names)]
    np.testing.assert_allclose(values, enumerate_front(problem, every, delta, MACS), rtol=1e-12)


def test_what_a_large_space_leaves_unestimated_is_undefined_and_an_error_where_all_should_be_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    space, names = Fusion(4, 3), tuple(sorted(REAL_NAMES))
    problem = Problem(space, names, (DELTA_MTL, MACS), lambda each: Cost(7, 3))
    estimates = Estimates(make_table([hard_sharing(names, 4, 3)]), "file")
    tell = relate_estimates(estimates, problem, REAL, dict.fromkeys(names, 0.5), {})
    other = space.anchors(names)["all separate"].pattern

    with pytest.raises(DataError, match=f"file: no estimates of pattern {other.key}"):
        tell(other)

    monkeypatch.setattr(draws, "MOST_CHAINS", 5)
    monkeypatch.setattr(draws, "LARGEST", 5)
    told = tell(other)
    assert told["macs"] == 7 and math.isnan(told["delta_mtl"])
    assert {name for name in told if name.endswith(".delta")} == {f"{task.name}.delta" for task in REAL if task.main}
