from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from search.jobs.trial import PRUNED, Trial
from search.study.failure_policy import HOPELESS, judge_failures
from tests.search.trials import complete, failed

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours
FAILURES = st.integers(0, 2 * HOPELESS).map(lambda many: [failed(number, f"reason {number}") for number in range(many)])
SOUND = st.sampled_from((complete(99, 1.0, 1), replace(complete(99, 1.0, 1), status=PRUNED, objectives={})))


@quick
@given(trials=FAILURES)
def test_nothing_but_failures_ends_a_search_when_there_are_enough_of_them(trials: list[Trial]) -> None:
    reason = judge_failures(trials)
    assert bool(reason) == (len(trials) >= HOPELESS)
    assert not reason or reason.endswith(f"the last one because: {trials[-1].reason}")


@quick
@given(trials=FAILURES, sound=SOUND, data=st.data())
def test_one_trial_that_did_not_fail_keeps_a_search_alive(trials: list[Trial], sound: Trial, data) -> None:
    where = data.draw(st.integers(0, len(trials)))
    assert judge_failures([*trials[:where], sound, *trials[where:]]) == ""
