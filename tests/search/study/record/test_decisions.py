from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.trial import FrozenTrial, TrialState, create_trial

from search.study.record.decisions import RecordReader, list_options, show_choices, spell_decisions, spell_name
from spaces.choices import draw
from spaces.errors import PatternError
from spaces.joint import Joint
from tests.search.study.test_study import PROBLEM

quick = settings(max_examples=30, deadline=None)  # on busy cores a deadline measures the neighbours


def _record(problem, choices) -> FrozenTrial:
    params, kinds = spell_decisions(choices, list_options(problem, choices))
    return create_trial(state=TrialState.RUNNING, params=params, distributions=dict(kinds), user_attrs={"key": "a"})


@quick
@given(rng=st.randoms(use_true_random=False), joint=st.booleans())
def test_choices_survive_the_record_which_has_those_with_an_alternative_in_their_order(rng, joint: bool) -> None:
    problem = replace(PROBLEM, space=Joint(4, 4)) if joint else PROBLEM
    choices = draw(problem.space, problem.tasks, rng).choices
    trial = _record(problem, choices)
    options = list_options(problem, choices)
    assert show_choices(problem, choices) == trial.params
    assert list(trial.params) == [spell_name(name) for name in choices if len(options[name].choices) > 1]
    found = RecordReader(problem).read(trial)
    assert found.params == choices
    assert list(found.params) == list(choices)
    assert found.distributions == options


def test_a_trial_is_read_once_and_again_when_it_has_changed() -> None:
    choices = PROBLEM.space.anchors(PROBLEM.tasks)["all fused"].choices
    trial, reader = _record(PROBLEM, choices), RecordReader(PROBLEM)
    assert reader.read(trial) is reader.read(trial)
    other = _record(PROBLEM, choices)
    other.user_attrs = {"key": "b"}
    assert reader.read(other).user_attrs == {"key": "b"}


def test_a_decision_that_is_missing_is_named() -> None:
    trial = _record(PROBLEM, PROBLEM.space.anchors(PROBLEM.tasks)["all fused"].choices)
    trial.params = {name: value for name, value in trial.params.items() if name != "sharing/depth.normals"}
    with pytest.raises(PatternError, match=r"choice 'depth\.normals' is missing: want one of 0, 1"):
        RecordReader(PROBLEM).read(trial)


@pytest.mark.parametrize("value", [[], None, "nobody"])
def test_choices_that_were_damaged_are_one_message(value: object) -> None:
    choices = PROBLEM.space.anchors(PROBLEM.tasks)["all separate"].choices
    name = next(name for name in choices if "parent" in name)
    with pytest.raises(PatternError, match=r"choices .* of a trial make no pattern of space=fusion: its file"):
        show_choices(PROBLEM, {**choices, name: value})
    with pytest.raises(PatternError, match="make no pattern"):
        show_choices(PROBLEM, {})
