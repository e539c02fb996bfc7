"""One of Optuna's samplers is asked for a proposal."""

from __future__ import annotations

import optuna
import pytest
from optuna.study import StudyDirection

from search.problem.objectives import DELTA_MTL, MACS, PARAMS
from search.problem.problem import Problem
from search.samplers.ask_optuna import ask, list_directions
from spaces.choices import replay
from spaces.fusion import Fusion
from spaces.networks.cost import Cost

TASKS = ("depth", "normals", "segmentation")
PROBLEM = Problem(Fusion(4, 4), TASKS, (DELTA_MTL, MACS, PARAMS), lambda pattern: Cost(1, 1))


@pytest.mark.parametrize("seed", range(5))
def test_a_proposal_is_a_pattern_of_the_space_and_one_seed_names_one(seed: int) -> None:
    first, again = (ask(optuna.samplers.RandomSampler(seed), PROBLEM, []) for _ in range(2))

    assert first == again
    assert replay(PROBLEM.space, TASKS, first.choices).choices == first.choices


def test_directions_are_those_of_the_objectives() -> None:
    assert list_directions(PROBLEM) == [StudyDirection.MAXIMIZE, StudyDirection.MINIMIZE, StudyDirection.MINIMIZE]
