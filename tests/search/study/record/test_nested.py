from __future__ import annotations

from optuna.trial import TrialState, create_trial

from search.study.record.nested import FINDINGS, RUNGS, join_nested, read_nested


def test_what_programs_read_is_found_where_this_version_and_earlier_ones_keep_it() -> None:
    rungs = {"2": {"delta_mtl": 0.25}}
    now = create_trial(state=TrialState.RUNNING, user_attrs={"key": "a"}, system_attrs={RUNGS: rungs, "other": 1})
    before = create_trial(state=TrialState.RUNNING, user_attrs={"key": "a", RUNGS: rungs})
    for trial in (now, before):
        assert read_nested(trial, RUNGS) == rungs
        assert read_nested(trial, FINDINGS) == {}
        assert join_nested(trial) == {"key": "a", RUNGS: rungs}
