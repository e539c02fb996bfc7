"""What is read of the trials whose networks make a tree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from optuna.trial import FrozenTrial, TrialState, create_trial

from search.samplers.tree_trials import TRIES, find_trial, read_similarity
from spaces.choices import enumerate_patterns
from spaces.errors import DataError
from spaces.fusion import Fusion

WANTED, OTHER = list(enumerate_patterns(Fusion(2, 2), ("depth", "normals")))[:2]
STATES = (TrialState.COMPLETE, TrialState.FAIL, TrialState.RUNNING)


def trial(state: TrialState, key: str = WANTED.pattern.key, **attributes: object) -> FrozenTrial:
    value = 1.0 if state == TrialState.COMPLETE else None
    return create_trial(state=state, value=value, user_attrs={"key": key, **attributes})


@given(st.lists(st.tuples(st.sampled_from(STATES), st.booleans()), max_size=6))
def test_a_sound_trial_is_found_first_and_a_failure_after_all_tries(kinds: list[tuple[TrialState, bool]]) -> None:
    history = [trial(state, (WANTED if own else OTHER).pattern.key) for state, own in kinds]
    found = find_trial(history, WANTED)

    own = [each for each, (_, mine) in zip(history, kinds, strict=True) if mine]
    sound = [each for each in own if each.state != TrialState.FAIL]
    if sound:
        assert found is sound[0]
    else:
        assert found is (own[-1] if len(own) >= TRIES else None)


def test_a_matrix_is_read_as_it_was_found() -> None:
    stages = np.random.default_rng(0).random((3, 2, 2))
    known = trial(TrialState.COMPLETE, findings={"similarity": {"stages": stages.tolist()}})
    for stage in range(3):
        assert (read_similarity(known, stage) == stages[stage]).all()


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (trial(TrialState.FAIL, reason="out of memory"), "decides decoder stage 2: out of memory; mend this"),
        (trial(TrialState.COMPLETE), "but there are none: they were never measured"),
        (trial(TrialState.COMPLETE, findings={"similarity": {"refused": "too few"}}), "there are none: too few"),
        (trial(TrialState.COMPLETE, findings={"similarity": {"stages": [[[1.0]]]}}), "are damaged"),
        (trial(TrialState.COMPLETE, findings={"similarity": {"stages": [0, ["x"]]}}), "are damaged"),
    ],
)
def test_what_cannot_be_read_is_told(known: FrozenTrial, told: str) -> None:
    with pytest.raises(DataError, match=told):
        read_similarity(known, 1)
