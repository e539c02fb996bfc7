from __future__ import annotations

import time
from collections.abc import Sequence
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


def _estimate(
    works: dict[str, Work], running: Sequence[tuple[str, Beat | None]], places: int, *, forecast: float | None = None
) -> float | None:
    return estimate_left(works, running, Started(began=time.time(), concurrency=places, forecast=forecast))


def test_nothing_is_told_before_anything_is_known() -> None:
    assert _estimate(_works(), [(BASELINE, None), (BASELINE, Beat("a", 8))], 2) is None


def test_the_first_epoch_tells_all_and_what_has_run_counts() -> None:
    # 2 x 8 + 10 x 4 epochs of 3 s, less two of the eight that one training has had.
    assert _estimate(_works(), [(BASELINE, Beat("a", 8, 2, 3.0))], 1) == pytest.approx(3 * (16 + 40 - 2))


def test_a_kind_that_has_ended_goes_by_its_own_time() -> None:
    works = _works(baseline=Work(2, 8.0, 1, [16.0]), trial=Work(10, 4.0, 4, [20.0, 40.0]))
    assert _estimate(works, [], 2) == pytest.approx((16 + 6 * 30) / 2)
    assert _estimate(works | {FINAL: Work(2, 12.0)}, [], 1) == pytest.approx(16 + 6 * 30 + 2 * 12 * 7.5)


def test_a_forecast_holds_until_a_trial_has_ended_and_is_never_negative() -> None:
    assert _estimate(_works(baseline=Work(2, 8.0, 1, [16.0])), [], 2, forecast=70.0) == pytest.approx(70.0, abs=1)
    assert _estimate(_works(), [], 2, forecast=-5.0) == 0.0
    assert _estimate(_works(trial=Work(10, 4.0, 9, [10.0]), baseline=Work()), [], 1, forecast=70.0) == 10.0


def test_nothing_is_left_of_more_than_was_wanted() -> None:
    assert _estimate({TRIAL: Work(3, 1.0, 4, [5.0])}, [], 1) == 0.0


def test_trainings_with_fresh_seeds_count_for_each_member_of_the_front(tmp_path: Path) -> None:
    started = Started(trainings={TRIAL: 4, CONFIRMATION: 9}, epochs={TRIAL: 2.0, CONFIRMATION: 8.0}, fresh=3)
    works = plan_work(started, front=2)
    assert works[CONFIRMATION].trainings == 9 + 3 * 2
    works[TRIAL] = Work(4, 2.0, 4, [6.0])
    works[CONFIRMATION].ended = 13
    assert _estimate(works, [(CONFIRMATION, Beat("trial 1, seed 500", 8, 4, 1.0))], 1) == pytest.approx(1.5 * 8 * 3)
    job = make_job(tmp_path)
    assert find_kind(replace(job, tested="test")) == CONFIRMATION != find_kind(job)


def test_trials_that_follow_one_another_have_one_place_and_so_have_chains_of_a_seed() -> None:
    trials = Work(10, 4.0, 4, [20.0])
    chained = Started(concurrency=4, chained=True, fresh=2)
    assert estimate_left({TRIAL: trials}, [], chained) == 6 * 20
    assert estimate_left({TRIAL: trials}, [], replace(chained, chained=False)) == 6 * 20 / 4
    ended = {TRIAL: Work(1, 4.0, 1, [20.0]), CONFIRMATION: Work(6, 4.0, 0, [12.0])}
    assert estimate_left(ended, [], chained) == 6 * 12 / 2
    assert estimate_left(ended, [], replace(chained, chained=False)) == 6 * 12 / 4


def test_one_training_has_one_place_and_trials_wait_for_the_supernet() -> None:
    ended = {TRIAL: Work(1, 4.0, 1, [20.0]), FINAL: Work(1, 8.0)}
    assert _estimate(ended, [], 4) == 8 * 5
    works = _works(supernet=Work(1, 10.0), baseline=Work(2, 2.0))
    running = [(SUPERNET, Beat("supernet", 10, 2, 6.0)), (BASELINE, Beat("a", 2, 1, 1.0))]
    assert _estimate(works, running, 2) == pytest.approx(6 * 8 + 10 * 4 * 6 / 2)  # 3 s of baselines beside it


def test_a_supernet_that_estimates_has_that_left_and_epochs_of_trials_last_as_its_own() -> None:
    works = _works(supernet=Work(1, 10.0), baseline=Work(2, 2.0, 2, [2.0]))
    beat = Beat("supernet", 10, 10, 6.0, estimated=30, estimates=90, estimating=10.0)
    assert _estimate(works, [(SUPERNET, beat)], 1) == pytest.approx(20 + 10 * 4 * 6)
    assert _estimate(works, [(SUPERNET, replace(beat, estimated=0))], 1) == pytest.approx(10 * 4 * 6)


def test_the_last_second_is_no_time() -> None:
    assert describe_left(0.4) == "finishing"
    assert describe_left(200.0) == "about 3 min 20 s left"
