"""The sampler that names every pattern of a small space."""

from __future__ import annotations

import pytest
from optuna.trial import FrozenTrial, TrialState, create_trial

from search.problem.objectives import DELTA_MTL, MACS
from search.problem.problem import Problem
from search.samplers import exhaustive
from search.samplers.exhaustive import Exhaustive
from spaces.choices import enumerate_patterns, replay
from spaces.errors import ConfigError
from spaces.fusion import Fusion
from spaces.networks.cost import Cost

TASKS = ("depth", "normals", "segmentation")
PROBLEM = Problem(Fusion(2, 3), TASKS, (DELTA_MTL, MACS), lambda pattern: Cost(1, 1))


def test_every_pattern_is_named_once_in_the_order_of_enumeration() -> None:
    wanted = [proposal.pattern.key for proposal in enumerate_patterns(PROBLEM.space, TASKS)]
    history: list[FrozenTrial] = []
    for number in range(len(wanted)):
        drawn = Exhaustive().propose(PROBLEM, history, seed=number)
        key = replay(PROBLEM.space, TASKS, drawn.choices).pattern.key
        history.append(create_trial(state=TrialState.FAIL, user_attrs={"key": key}))

    assert [trial.user_attrs["key"] for trial in history] == wanted
    again = Exhaustive().propose(PROBLEM, history, seed=0)  # all are known: any
    assert replay(PROBLEM.space, TASKS, again.choices).pattern.key in wanted


def test_a_space_of_more_patterns_than_are_trained_whole_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    many = len(list(enumerate_patterns(PROBLEM.space, TASKS)))
    monkeypatch.setattr(exhaustive, "LARGEST", many)  # counting to 10,000 takes 18 s
    Exhaustive().check(PROBLEM)
    monkeypatch.setattr(exhaustive, "LARGEST", many - 1)
    with pytest.raises(ConfigError, match=f"the space has more than {many - 1} patterns for 3 tasks"):
        Exhaustive().check(PROBLEM)
