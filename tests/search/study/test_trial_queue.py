from __future__ import annotations

from pathlib import Path

import pytest

from search.jobs.job import Outcome, find_device
from search.jobs.worker import run_job
from search.run import main as search
from search.study.study import Study
from spaces.choices import count_patterns
from spaces.fusion import Fusion
from tests.search.study.queues import is_baseline, opened, run_all
from tests.tiny import arguments, write_tiny


def test_baselines_come_first_and_trials_wait_for_the_last_of_them(tmp_path: Path) -> None:
    with opened(tmp_path, "trials=3") as (queue, told):
        jobs = [queue.next() for _ in range(5)]
        assert [is_baseline(job) for job in jobs] == [True, True, True, False, False]
        for job in (*jobs[3:], *jobs[:2]):
            queue.done(job, run_job(job))
        assert not told.trials
        queue.done(jobs[2], run_job(jobs[2]))
        assert [trial.number for trial in told.trials] == [0, 1]
        assert all(trial.complete and "delta_mtl" in trial.metrics for trial in told.trials)
        assert {trial.device for trial in told.trials} == {find_device()}


def test_a_later_search_with_the_same_recipe_trains_no_baseline_again(tmp_path: Path) -> None:
    with opened(tmp_path, "run.name=one", "trials=1") as (queue, told):
        run_all(queue)
        assert len(told.baselines) == 3
        trained = list(queue.baselines.values())
        reference = queue.reference
    with opened(tmp_path, "run.name=two", "trials=1") as (queue, told):
        run_all(queue)
        assert list(queue.baselines.values()) == trained  # ended at the same time: the very same trainings
        assert queue.reference == reference
    with opened(tmp_path, "run.name=three", "trials=1", "trainer.lr=0.001") as (queue, told):
        run_all(queue)
        assert all(outcome not in trained for outcome in queue.baselines.values())


def test_a_run_keeps_the_reference_that_it_began_with(tmp_path: Path) -> None:
    with opened(tmp_path, "trials=1") as (queue, _told):
        run_all(queue)
        reference = queue.reference
    for cached in (tmp_path / "runs" / "baselines").iterdir():
        cached.unlink()
    with opened(tmp_path, "trials=2") as (queue, told):
        assert queue.reference == reference
        assert not is_baseline(queue.next())
        assert not told.baselines


def test_a_damaged_file_of_the_cache_is_trained_again(tmp_path: Path) -> None:
    with opened(tmp_path, "run.name=one", "trials=1") as (queue, _told):
        run_all(queue)
        reference = queue.reference
    for cached in (tmp_path / "runs" / "baselines").iterdir():
        cached.write_text("{")
    with opened(tmp_path, "run.name=two", "trials=1") as (queue, _told):
        run_all(queue)
        assert queue.reference == reference


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != ".lock"}


@pytest.mark.parametrize("harm", ["trial gone", "trial damaged", "journal gone", "journal damaged"])
def test_a_folder_whose_files_do_not_belong_together_is_refused_and_left_as_it_is(tmp_path: Path, harm: str) -> None:
    given = arguments(write_tiny(tmp_path / "data"), "trials=3", f"run.folder={tmp_path / 'runs'}", "run.name=own")
    assert search(given) == 0
    run = tmp_path / "runs" / "own"
    file = run / "trials" / "0001.json" if harm.startswith("trial") else run / "study.journal"
    if harm.endswith("gone"):
        file.unlink()
    else:
        lines = file.read_text().splitlines()
        file.write_text("\n".join([*lines[:2], '{"op_code": 4, gar', *lines[3:]]) + "\n")
    before = contents(run)
    assert search(given) == 2
    assert contents(run) == before


def test_a_space_without_another_pattern_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path, "trials=99") as (queue, told):
        run_all(queue)
        assert queue.status.reason == "The space has no other pattern within the limits: all 12 are trained."
        assert len(told.trials) == count_patterns(Fusion(2, 2), ("colour", "depth", "brightness"))
        monkeypatch.setattr(Study, "ask", None)
        assert queue.next() is None


def test_a_baseline_that_fails_is_tried_again_and_then_stops_the_search(tmp_path: Path) -> None:
    with opened(tmp_path, "trials=1") as (queue, told):
        job = queue.next()
        queue.done(job, Outcome(reason="no luck"))
        assert queue.next() == job
        assert not queue.status.stopped
        queue.done(job, Outcome(reason="no luck again"))
        assert queue.next() is None
        assert "single-task network of" in queue.status.reason
        assert queue.status.reason.endswith("no luck again")
        assert told.baselines == [job, job]  # failures are told too


def test_a_fault_of_the_machine_leaves_the_trial_to_be_trained_when_the_search_goes_on(tmp_path: Path) -> None:
    with opened(tmp_path, "trials=1") as (queue, told):
        while is_baseline(job := queue.next()):
            queue.done(job, run_job(job))
        queue.done(job, Outcome(reason="No space left on device: make room there", fault=True))
        assert queue.next() is None and not queue.running
        assert queue.status.reason == "trial 0: No space left on device: make room there"
    with opened(tmp_path, "trials=1") as (queue, told):
        assert queue.next() == job
        queue.done(job, run_job(job))
        assert [trial.status for trial in told.trials] == ["complete"]


def test_results_of_another_kind_of_device_are_not_taken_from_the_cache(tmp_path: Path) -> None:
    with opened(tmp_path, "run.name=one", "trials=1") as (queue, _told):
        run_all(queue)
    for cached in (tmp_path / "runs" / "baselines").iterdir():
        cached.write_text(cached.read_text().replace('"device": "cpu"', '"device": "cuda"'))
    with opened(tmp_path, "run.name=two", "trials=1") as (queue, told):
        assert is_baseline(queue.next())
        assert not told.baselines


def test_trials_that_all_fail_stop_the_search_but_a_few_failures_do_not(tmp_path: Path) -> None:
    with opened(tmp_path, "trials=9") as (queue, told):
        while is_baseline(job := queue.next()):
            queue.done(job, run_job(job))
        for _ in range(4):
            queue.done(job, Outcome(reason="out of memory"))
            job = queue.next()
        assert not queue.status.stopped
        queue.done(job, Outcome(reason="out of memory"))
        assert queue.next() is None
        assert "first 5 trials all failed, the last one because: out of memory" in queue.status.reason
    assert [trial.status for trial in told.trials] == ["failed"] * 5
    assert all(trial.objectives == {} and trial.reason == "out of memory" for trial in told.trials)


def test_an_outcome_that_nobody_was_told_of_is_taken_up_and_not_trained_again(tmp_path: Path) -> None:
    with opened(tmp_path, "trials=2") as (queue, told):
        while is_baseline(job := queue.next()):
            queue.done(job, run_job(job))
        outcome = run_job(job)  # the driver dies before it hears of it
    with opened(tmp_path, "trials=2") as (queue, told):
        assert [trial.metrics["depth.abs_err_m"] for trial in told.trials] == [outcome.metrics["depth.abs_err_m"]]
        assert told.trials[0].seconds == outcome.seconds
        assert queue.next().label == "trial 1"


def test_a_job_that_was_running_is_issued_again_under_its_number(tmp_path: Path) -> None:
    with opened(tmp_path, "trials=3") as (queue, told):
        while is_baseline(job := queue.next()):
            queue.done(job, run_job(job))
        second = queue.next()
        queue.done(second, run_job(second))
    with opened(tmp_path, "trials=3") as (queue, told):
        assert [trial.number for trial in told.trials] == [1]
        assert queue.next().fingerprint == job.fingerprint
        assert queue.next().label == "trial 2"
        assert queue.next() is None


def test_a_stale_outcome_of_another_job_is_not_taken_for_this_one(tmp_path: Path) -> None:
    with opened(tmp_path, "trials=1") as (queue, _told):
        while is_baseline(job := queue.next()):
            queue.done(job, run_job(job))
        run_job(job)
        stale = job.outcome.read_text().replace(job.fingerprint, "0" * 16)
        job.outcome.write_text(stale)
        assert run_job(job).complete
        assert job.fingerprint in job.outcome.read_text()


@pytest.mark.parametrize("budget", [2, 4])
def test_a_larger_budget_continues_and_a_smaller_one_does_nothing(tmp_path: Path, budget: int) -> None:
    with opened(tmp_path, "trials=3") as (queue, told):
        run_all(queue)
        ended = {trial.number: trial.ended for trial in told.trials}
    with opened(tmp_path, f"trials={budget}") as (queue, told):
        run_all(queue)
        assert len(told.trials) == max(3, budget)
        assert {trial.number: trial.ended for trial in told.trials if trial.number in ended} == ended
