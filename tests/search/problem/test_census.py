"""Patterns are counted, priced and held against the limits as a brute force does it."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from search.config.composition import compose
from search.config.problem_statement import state_problem
from search.problem import census
from search.problem.objectives import MACS
from search.problem.problem import Problem
from spaces.branching import Branching
from spaces.choices import draw, enumerate_patterns
from spaces.errors import ConfigError
from spaces.gates import GatedEncoder
from spaces.joint import Joint
from spaces.networks.build import build
from spaces.networks.cost import Cost, compute_ceiling, compute_cost, count_macs
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.pattern.sharing_pattern import uniform
from spaces.routing import Routing
from spaces.workspace import Workspaces
from tests.references.test_refining_partitions import refining_sequences
from tests.tiny import arguments, write_tiny


def problem_of(*given: str) -> Problem:
    return state_problem(compose(given))


def brute_force(folder: Path) -> list[Cost]:
    """Every tree of decoders by listing refining sequences, built on the meta device and counted as a whole."""
    settings = compose(arguments(folder))
    outputs = {task.name: task.output for task in settings.data.selected}
    costs = []
    for sequence in refining_sequences(tuple(outputs), 2):
        decoder = [tuple(sorted(tuple(sorted(group)) for group in stage)) for stage in sequence]
        with torch.device("meta"):
            network = build(uniform(tuple(outputs), 2, decoder), settings.network, outputs, 0)
        costs.append(count_macs(network, settings.data.size))
    return costs


@pytest.mark.parametrize(
    ("given", "patterns"),
    [
        ([], 35),
        (["data.tasks=[depth,normals]"], 5),
        (["network.encoder_widths=[4,4,4,4,4]"], 51),
        (["network.encoder_widths=[4,4,4,4,4]", "data.tasks=[depth,normals]"], 6),
        (["network.encoder_widths=[4,4,4,4,4]", "data.tasks=[depth,normals,edges,segmentation]"], 561),
    ],
)
def test_every_pattern_is_counted(given: list[str], patterns: int) -> None:
    found = census.take_census(problem_of(*given), seed=0)

    assert found.exact
    assert found.seen.patterns == found.allowed.patterns == patterns
    assert found.seen == found.allowed
    assert (found.cheapest.name, found.costliest.name) == ("all fused", "all separate")


def test_ranges_and_what_limits_leave_are_those_of_a_brute_force(tmp_path: Path) -> None:
    costs = brute_force(write_tiny(tmp_path / "data"))
    macs, params = sorted(cost.macs for cost in costs), sorted(cost.params for cost in costs)
    most_macs, most_params = macs[-4], params[-2]
    allowed = [cost for cost in costs if cost.macs <= most_macs and cost.params <= most_params]
    assert 1 < len(allowed) < len(costs) == 12

    given = arguments(tmp_path / "data", f"limits.macs={most_macs}", f"limits.params={most_params}")
    found = census.take_census(problem_of(*given), seed=0)

    assert found.seen == census.Span(12, (macs[0], macs[-1]), (params[0], params[-1]))
    assert found.seen.flops == (2 * macs[0], 2 * macs[-1])
    assert found.allowed.patterns == len(allowed)
    assert found.allowed.macs == (min(c.macs for c in allowed), max(c.macs for c in allowed))
    assert found.allowed.params == (min(c.params for c in allowed), max(c.params for c in allowed))
    assert (found.cheapest.cost.macs, found.costliest.cost.macs) == found.allowed.macs
    assert found.costliest.name == ""  # all separate is beyond the limits


def test_of_a_large_space_anchors_and_a_seeded_sample_are_priced(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = problem_of("network.encoder_widths=[4,4,4,4,4]", "data.tasks=[depth,normals,edges,segmentation]")
    everything = census.take_census(wanted, seed=0)
    monkeypatch.setattr(census, "LARGEST", 560)
    monkeypatch.setattr(census, "SAMPLE", 50)

    found = census.take_census(wanted, seed=1)

    assert not found.exact
    assert 2 < found.seen.patterns <= 52
    # The anchors are the extremes of this space, so that the sample has its range.
    assert (found.seen.macs, found.seen.params) == (everything.seen.macs, everything.seen.params)
    assert found == census.take_census(wanted, seed=1)
    assert found != census.take_census(wanted, seed=2)


def test_limits_that_no_pattern_meets_are_refused(tmp_path: Path) -> None:
    given = arguments(write_tiny(tmp_path / "data"), "limits.macs=10", "limits.params=1e9")
    wanted = problem_of(*given)
    least = min(wanted.cost(p.pattern).macs for p in enumerate_patterns(wanted.space, wanted.tasks))

    with pytest.raises(ConfigError) as caught:
        census.take_census(wanted, seed=0)

    (told,) = caught.value.problems
    assert "no pattern of the space meets limits.macs=10, limits.params=1e+09" in told
    assert f"the least that was found is {least} macs, " in told
    assert "raise the limit" in told


@pytest.mark.parametrize("space", [Routing(4, 4), Joint(4, 4), GatedEncoder(4, 4), Workspaces(4, 4), Branching(4, 4)])
def test_no_draw_costs_more_than_the_costliest(space: Any) -> None:
    outputs = {name: Output(2, "regression") for name in ("a", "b", "c")}
    price, most = (
        partial(each, family=Small(), outputs=outputs, size=(64, 64)) for each in (compute_cost, compute_ceiling)
    )
    searched = Problem(space, tuple(outputs), (MACS,), price, ceiling=most)
    found, rng = census.find_costliest(searched), random.Random(1)
    drawn = [searched.most(draw(space, searched.tasks, rng).pattern) for _ in range(400)]
    assert max(each.macs for each in drawn) <= found.macs
    assert max(each.params for each in drawn) <= found.params
