"""What holds for every sampler, those of a YAML file found by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

import optuna
import pytest
from optuna.distributions import CategoricalDistribution
from optuna.trial import TrialState, create_trial

from search.components.groups import Groups
from search.config.composition import compose
from search.problem.objectives import DELTA_MTL, MACS, PARAMS, WORST_DELTA, Objective
from search.problem.problem import Problem
from search.samplers.sampler import Draw, Wait
from spaces.choices import enumerate_patterns, replay
from spaces.fusion import Fusion
from spaces.networks.cost import compute_cost
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.pattern.sharing_pattern import SharingPattern

TASKS = ("depth", "normals", "segmentation")
SAMPLERS = Groups().choices("sampler")
SETS = [(DELTA_MTL, MACS), (DELTA_MTL,), (DELTA_MTL, WORST_DELTA, PARAMS)]


PRICE = partial(compute_cost, family=Small(), outputs=dict.fromkeys(TASKS, Output(1, "depth")), size=(32, 32))
# Made-up similarities, all above the threshold: what a probe leaves in a trial that ended well.
FOUND = {"similarity": {"tasks": list(TASKS), "stages": [[[1.0, 0.9, 0.8], [0.9, 1.0, 0.7], [0.8, 0.7, 1.0]]] * 4}}


def problem_of(objectives: tuple[Objective, ...]) -> Problem:
    return Problem(Fusion(4, 4), TASKS, objectives, PRICE)


def with_estimates(problem: Problem) -> Problem:
    """As it is once a supernet has told of every pattern; made up from the key."""
    names = [objective.name for objective in problem.objectives]

    def tell(pattern: SharingPattern) -> dict[str, float]:
        return {name: int(pattern.key[place : place + 4], 16) / 1e4 for place, name in enumerate(names)}

    return replace(problem, estimates=tell, point=(-20.0, 7.0, 7.0)[: len(names)])


def history_of(problem: Problem, many: int) -> list[optuna.trial.FrozenTrial]:
    """Trials of all states, as the study hands them over."""
    history = []
    for number, proposal in enumerate(list(enumerate_patterns(problem.space, problem.tasks))[:many]):
        options: dict[str, Sequence[Any]] = {}

        def choose(name: str, allowed: Sequence[Any], into=options, choices=proposal.choices) -> Any:
            into[name] = CategoricalDistribution(tuple(allowed))
            return choices[name]

        problem.space.sample(choose, problem.tasks)
        state = {3: TrialState.FAIL, 4: TrialState.RUNNING}.get(number, TrialState.COMPLETE)
        values = [float(number % (5 + i)) for i in range(len(problem.objectives))]
        history.append(
            create_trial(
                state=state,
                params=proposal.choices,
                distributions=options,
                values=values if state == TrialState.COMPLETE else None,
                user_attrs={"key": proposal.pattern.key, "findings": FOUND if state == TrialState.COMPLETE else {}},
            )
        )
    return history


def test_every_sampler_is_found() -> None:
    assert set(SAMPLERS) >= {"random", "tpe", "nsga2", "gp", "exhaustive"}


@pytest.mark.parametrize("objectives", SETS, ids=lambda chosen: "+".join(o.name for o in chosen))
@pytest.mark.parametrize("name", SAMPLERS)
def test_a_proposal_is_valid_and_a_pure_function_of_history_and_seed(
    name: str, objectives: tuple[Objective, ...]
) -> None:
    sampler = compose([f"sampler={name}"]).sampler
    without = problem_of(objectives)
    sampler.check(without)
    for problem, many in product((without, with_estimates(without)), (0, 12)):
        history = history_of(problem, many)
        before = [(trial.params, trial.state, trial.values, dict(trial.system_attrs)) for trial in history]
        answer = sampler.propose(problem, history, seed=3)
        if isinstance(answer, Draw):
            assert replay(problem.space, problem.tasks, answer.choices).pattern.tasks == TASKS
        assert sampler.propose(problem, history, seed=3) == answer
        assert sampler.marks(problem, history) == sampler.marks(problem, history)
        assert [(t.params, t.state, t.values, dict(t.system_attrs)) for t in history] == before


@pytest.mark.parametrize("name", sorted(set(SAMPLERS) - {"exhaustive", "progressive", "offline", "oneshot"}))
def test_the_seed_is_used(name: str) -> None:
    sampler = compose([f"sampler={name}"]).sampler
    problem = problem_of(SETS[0])
    proposals = [tuple(sampler.propose(problem, [], seed).choices.items()) for seed in range(8)]
    assert len(set(proposals)) > 1


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_sampler_that_rests_on_a_supernet_waits_for_it_and_others_do_not(name: str) -> None:
    sampler = compose([f"sampler={name}"]).sampler
    answer = sampler.propose(problem_of(SETS[0]), [], seed=0)
    assert (answer == Wait()) == sampler.uses_supernet
    assert isinstance(sampler.propose(with_estimates(problem_of(SETS[0])), [], seed=0), Draw)
