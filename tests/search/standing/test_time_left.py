from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search.jobs.heartbeat import Beat
from search.standing.started import Started
from search.standing.time_left import (
    BASELINE,
    CONFIRMATION,
    FINAL,
    SUPERNET,
    TRIAL,
    Work,
    describe_left,
    estimate_left,
    find_kind,
    plan_work,
)
from tests.search.jobs.tiny_job import make_job


def _works(**changed: Work) -> dict[str, Work]:
    return {BASELINE: Work(2, 8.0), SUPERNET: Work(), TRIAL: Work(10, 4.0), FINAL: Work(), **changed}


def test_nothing_is_told_before_anything_is_known() -> None:
    assert estimate_left(_works(), [(BASELINE, None), (BASELINE, Beat("a", 8))], 2) is None


def test_the_first_epoch_tells_all_and_what_has_run_counts() -> None:
    # 2 x 8 + 10 x 4 epochs of 3 s, less two of the eight that one training has had.
    assert estimate_left(_works(), [(BASELINE, Beat("a", 8, 2, 3.0))], 1) == pytest.approx(3 * (16 + 40 - 2))


def test_a_kind_that_has_ended_goes_by_its_own_time() -> None:
    works = _works(baseline=Work(2, 8.0, 1, [16.0]), trial=Work(10, 4.0, 4, [20.0, 40.0]))
    assert estimate_left(works, [], 2) == pytest.approx((16 + 6 * 30) / 2)
    assert estimate_left(works | {FINAL: Work(2, 12.0)}, [], 1) == pytest.approx(16 + 6 * 30 + 2 * 12 * (2 + 7.5) / 2)


def test_a_forecast_holds_until_a_trial_has_ended_and_is_never_negative() -> None:
    assert estimate_left(_works(baseline=Work(2, 8.0, 1, [16.0])), [], 2, forecast=70.0) == 70.0
    assert estimate_left(_works(), [], 2, forecast=-5.0) == 0.0
    assert estimate_left(_works(trial=Work(10, 4.0, 9, [10.0]), baseline=Work()), [], 1, forecast=70.0) == 10.0


def test_nothing_is_left_of_more_than_was_wanted() -> None:
    assert estimate_left({TRIAL: Work(3, 1.0, 4, [5.0])}, [], 1) == 0.0


def test_trainings_with_fresh_seeds_count_for_each_member_of_the_front(tmp_path: Path) -> None:
    started = Started(trainings={TRIAL: 4, CONFIRMATION: 9}, epochs={TRIAL: 2.0, CONFIRMATION: 8.0}, fresh=3)
    works = plan_work(started, front=2)
    assert works[CONFIRMATION].trainings == 9 + 3 * 2
    works[TRIAL] = Work(4, 2.0, 4, [6.0])
    works[CONFIRMATION].ended = 13
    assert estimate_left(works, [(CONFIRMATION, Beat("trial 1, seed 500", 8, 4, 1.0))], 1) == pytest.approx(1.5 * 8 * 3)
    job = make_job(tmp_path)
    assert find_kind(replace(job, tested="test")) == CONFIRMATION != find_kind(job)


def test_the_last_second_is_no_time() -> None:
    assert describe_left(0.4) == "finishing"
    assert describe_left(200.0) == "about 3 min 20 s left"
