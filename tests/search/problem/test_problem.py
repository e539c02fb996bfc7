from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from search.problem.bounds import Limits
from search.problem.objectives import DELTA_MTL, MACS
from search.problem.problem import Problem
from spaces.choices import enumerate_patterns
from spaces.fusion import Fusion
from spaces.gates import GatedEncoder
from spaces.networks.cost import compute_ceiling, compute_cost
from spaces.networks.modules.output import Output
from spaces.networks.small import Small

TASKS = ("depth", "normals")
GIVEN = {
    "family": Small(encoder_widths=(4, 4), decoder_width=4),
    "outputs": dict.fromkeys(TASKS, Output(2, "regression")),
    "size": (16, 16),
}
FUSION = Problem(Fusion(2, 2), TASKS, (DELTA_MTL, MACS), partial(compute_cost, **GIVEN))
GATED = replace(FUSION, space=GatedEncoder(2, 2), ceiling=partial(compute_ceiling, **GIVEN))


def list_patterns(problem: Problem) -> list:
    return [proposal.pattern for proposal in enumerate_patterns(problem.space, problem.tasks)]


def test_without_a_ceiling_the_most_of_a_pattern_is_its_cost() -> None:
    for pattern in list_patterns(FUSION):
        assert FUSION.most(pattern) == FUSION.cost(pattern)


def test_with_gates_a_pattern_costs_from_the_least_to_the_most() -> None:
    patterns = list_patterns(GATED)
    assert all(GATED.most(pattern).macs >= GATED.cost(pattern).macs for pattern in patterns)
    assert any(GATED.most(pattern).macs > GATED.cost(pattern).macs for pattern in patterns)


@pytest.mark.parametrize("problem", [FUSION, GATED], ids=["fusion", "gates"])
def test_limits_are_held_against_the_least_that_can_be_left(problem: Problem) -> None:
    patterns = list_patterns(problem)
    assert all(map(problem.allows, patterns))
    for limit in {problem.cost(pattern).macs for pattern in patterns}:
        allowed = [p for p in patterns if replace(problem, limits=Limits(macs=limit)).allows(p)]
        assert allowed == [pattern for pattern in patterns if problem.cost(pattern).macs <= limit]
