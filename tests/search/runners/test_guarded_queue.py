from __future__ import annotations

from errno import ENOSPC
from pathlib import Path

import pytest

from search.jobs.job import Outcome
from search.jobs.worker import run_job
from search.runners.guarded_queue import GuardedQueue
from tests.search.study.queues import is_baseline, opened


def test_what_cannot_be_told_stops_the_search_and_is_told_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fills between a training's end and the trial's file; the worker's own file is there."""
    with opened(tmp_path, "trials=2") as (queue, told):
        guarded = GuardedQueue(queue)
        while is_baseline(job := guarded.next()):
            guarded.done(job, run_job(job))
        outcome = run_job(job)
        with monkeypatch.context() as full:
            full.setattr("search.study.trial_queue.save_trial", _fill)
            guarded.done(job, outcome)
        guarded.done(job, outcome)  # nothing is told any more, though there would be room again
        assert guarded.next() is None and not guarded.running and not told.trials
        assert queue.status.reason == "No space left on device: make room there"
    with opened(tmp_path, "trials=2") as (queue, told):
        assert [trial.number for trial in told.trials] == [0]
        assert told.trials[0].complete
        assert queue.next() != job


def test_mistakes_in_the_program_come_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path, "trials=1") as (queue, _):
        monkeypatch.setattr(queue, "next", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            GuardedQueue(queue).next()


def _fill(*_: object) -> Outcome:
    raise OSError(ENOSPC, "No space left on device")
