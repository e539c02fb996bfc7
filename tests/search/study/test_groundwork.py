from __future__ import annotations

import json
from pathlib import Path

import pytest

from search.config.epoch_split import CHAINED, FEWER, USUAL
from search.jobs.job import Job, Outcome
from search.jobs.worker import run_job
from search.study.trial_queue import TrialQueue
from spaces.errors import DataError
from tests.search.study.queues import is_baseline, opened, run_all

ONESHOT = ("sampler=oneshot", "trials=2", "trainer.epochs=1")


def is_supernet(job: Job) -> bool:
    return job.members is not None


def take_all(queue: TrialQueue) -> list[Job]:
    jobs = []
    while job := queue.next():
        jobs.append(job)
    return jobs


def test_the_supernet_is_first_and_nothing_that_rests_on_it_starts_before_it_has_ended(tmp_path: Path) -> None:
    with opened(tmp_path, *ONESHOT) as (queue, told):
        jobs = take_all(queue)
        assert [is_supernet(job) for job in jobs] == [True, False, False, False]
        for job in jobs[1:]:
            queue.done(job, run_job(job))
        assert queue.next() is None
        queue.done(jobs[0], run_job(jobs[0]))
        (first,) = take_all(queue)
        queue.done(first, run_job(first))
        (second,) = take_all(queue)
        assert first.inherits and second.inherits
        assert first.inherits.trainings == (jobs[0].fingerprint,)
        assert second.inherits.trainings == (jobs[0].fingerprint, first.training)
        shared = round(CHAINED * USUAL)
        assert [outcome.epochs for outcome in told.supernets] == [shared]
        assert told.estimates == 1
        queue.done(second, run_job(second))
    assert [trial.epochs for trial in told.trials] == [(USUAL - shared) // FEWER] * 2
    assert all(set(trial.estimates) >= set(trial.objectives) for trial in told.trials)


def test_estimates_wait_for_what_they_are_related_to(tmp_path: Path) -> None:
    with opened(tmp_path, *ONESHOT) as (queue, told):
        jobs = take_all(queue)
        for job in jobs[:-1]:
            queue.done(job, run_job(job))
        assert queue.next() is None
        queue.done(jobs[-1], run_job(jobs[-1]))
        run_all(queue)
    assert len(told.trials) == 2


def test_a_later_search_finds_the_supernet_and_one_of_other_limits_does_not(tmp_path: Path) -> None:
    with opened(tmp_path, *ONESHOT, "run.name=one") as (queue, first):
        run_all(queue)
    with opened(tmp_path, *ONESHOT, "run.name=two") as (queue, second):
        assert second.supernets[0].ended == first.supernets[0].ended
        run_all(queue)
    assert [trial.objectives for trial in second.trials] == [trial.objectives for trial in first.trials]
    with opened(tmp_path, *ONESHOT, "run.name=three", "limits.params=1e9") as (queue, third):
        assert not third.supernets


@pytest.mark.parametrize("harm", ["no outcome", "no weights", "other weights"])
def test_a_damaged_supernet_is_trained_again(tmp_path: Path, harm: str) -> None:
    with opened(tmp_path, *ONESHOT, "run.name=one") as (queue, first):
        run_all(queue)
    for file in (tmp_path / "runs" / "supernets").glob("*.json" if harm == "no outcome" else "*.pt"):
        file.unlink() if harm == "no weights" else file.write_text("{")
    with opened(tmp_path, *ONESHOT, "run.name=two") as (queue, second):
        assert not second.supernets
        run_all(queue)
    assert [trial.objectives for trial in second.trials] == [trial.objectives for trial in first.trials]


def test_a_supernet_that_fails_is_tried_again_and_then_ends_the_search(tmp_path: Path) -> None:
    with opened(tmp_path, *ONESHOT) as (queue, told):
        for _ in range(2):
            job = queue.next()
            assert job is not None
            assert is_supernet(job)
            queue.done(job, Outcome(reason="broken"))
        assert queue.next() is None
        assert queue.status.reason == "the supernet failed 2 times, so nothing is estimated: broken"
    assert [outcome.complete for outcome in told.supernets] == [False, False]


def test_a_finished_search_trains_no_supernet_again(tmp_path: Path) -> None:
    with opened(tmp_path, *ONESHOT) as (queue, _told):
        run_all(queue)
    for file in (tmp_path / "runs" / "supernets").iterdir():
        file.unlink()
    with opened(tmp_path, *ONESHOT) as (queue, told):
        assert queue.next() is None
    assert len(told.trials) == 2
    assert len(told.supernets) == 1  # for the receipt: the run keeps what it rests on


@pytest.mark.parametrize("value", [None, "much"])
def test_estimates_that_are_no_numbers_are_trained_again_and_undefined_ones_are_not(
    tmp_path: Path, value: str | None
) -> None:
    with opened(tmp_path, *ONESHOT, "run.name=one") as (queue, _told):
        run_all(queue)
    (file,) = (tmp_path / "runs" / "supernets").glob("*.json")
    stored = json.loads(file.read_text())
    assert stored["outcome"]["findings"].pop("told")  # as before digests were kept
    rows = next(iter(stored["outcome"]["findings"]["estimates"].values()))
    metrics = next(iter(rows.values()))
    metrics[next(iter(metrics))] = value
    file.write_text(json.dumps(stored))
    with opened(tmp_path, *ONESHOT, "run.name=two") as (queue, told):
        assert len(told.supernets) == (value is None)
        run_all(queue)
    assert len(told.trials) == 2


@pytest.mark.parametrize("harm", ["a task without", "another number"])
def test_estimates_that_are_not_whole_are_made_again_and_never_replace_good_ones(tmp_path: Path, harm: str) -> None:
    given = ("sampler=frontier", "sampler.prior=supernet", "trainer.epochs=1", "run.name=prior")
    with opened(tmp_path, *given, "trials=1") as (queue, _told):
        run_all(queue)
    kept = (tmp_path / "runs" / "prior" / "supernet.json").read_bytes()
    (file,) = (tmp_path / "runs" / "supernets").glob("*.json")
    stored = json.loads(file.read_text())
    table = stored["outcome"]["findings"]["estimates"]
    if harm == "a task without":
        table["depth"] = {}
    else:
        next(iter(table["depth"].values()))["abs_err_m"] = 7.0
    file.write_text(json.dumps(stored))
    with opened(tmp_path, *given, "trials=2") as (queue, told):
        run_all(queue)
    assert told.trials[-1].estimates
    assert (tmp_path / "runs" / "prior" / "supernet.json").read_bytes() == kept


def test_trials_with_a_prior_go_on_with_the_estimates_that_the_run_keeps(tmp_path: Path) -> None:
    given = ("sampler=frontier", "sampler.prior=supernet", "trainer.epochs=1", "run.name=prior")
    with opened(tmp_path, *given, "trials=1") as (queue, _told):
        run_all(queue)
    for file in (tmp_path / "runs" / "supernets").iterdir():
        file.unlink()
    with opened(tmp_path, *given, "trials=2") as (queue, told):
        job = queue.next()
        assert job is not None
        assert not is_supernet(job)
        queue.done(job, run_job(job))
    assert told.trials[-1].estimates
    (tmp_path / "runs" / "prior" / "supernet.json").write_text("[]")
    told_so = r"supernet.json: no supernet by fingerprint \(.*restore it from a copy, or remove it"
    with pytest.raises(DataError, match=told_so), opened(tmp_path, *given, "trials=3"):
        pass


def test_a_resumed_search_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    with opened(tmp_path / "whole", *ONESHOT) as (queue, whole):
        run_all(queue)
    with opened(tmp_path / "cut", *ONESHOT) as (queue, _told):
        while job := queue.next():
            if not is_supernet(job) and not is_baseline(job):
                break  # it was handed out, and the driver died
            queue.done(job, run_job(job))
    with opened(tmp_path / "cut", *ONESHOT) as (queue, cut):
        run_all(queue)
    assert [trial.objectives for trial in cut.trials] == [trial.objectives for trial in whole.trials]


def test_a_search_without_a_supernet_has_none(tmp_path: Path) -> None:
    with opened(tmp_path, "trials=1") as (queue, told):
        run_all(queue)
    assert not told.supernets
    assert told.trials[0].estimates == {}
