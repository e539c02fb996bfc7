from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from search.jobs.heartbeat import Beat
from search.jobs.job import Job, Outcome
from search.runners.retried_queue import RetriedQueue
from search.runners.retry_policy import RESTARTS
from tests.search.jobs.tiny_job import make_job

DIED = "The actor is dead because its worker process has died."


class Jobs:
    """A fixed list of jobs; the real queues have more of their own."""

    def __init__(self, jobs: list[Job]) -> None:
        self.waiting, self.running, self.stopped = list(jobs), set[Job](), False
        self.ended: dict[str, Outcome] = {}

    def next(self) -> Job | None:
        if self.stopped or not self.waiting:
            return None
        job = self.waiting.pop(0)
        self.running.add(job)
        return job

    def look(self) -> None: ...

    def done(self, job: Job, outcome: Outcome) -> None:
        self.running.discard(job)
        self.ended[job.label] = outcome

    def answer_from_cache(self, device: str) -> None: ...


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    one = make_job(tmp_path)
    return Jobs([replace(one, label=name, outcome=tmp_path / f"{name}.json", checkpoint=None) for name in "abcd"])


def take(queue: RetriedQueue) -> Job:
    job = queue.next()
    assert job is not None
    return job


def test_who_took_its_worker_along_runs_alone_and_then_the_others_go_on(jobs: Jobs) -> None:
    queue = RetriedQueue(jobs)
    a, b = take(queue), take(queue)
    a.begun.touch()
    queue.return_lost(a, DIED)
    assert queue.next() is None  # b still runs
    assert jobs.running == {a, b}  # the queue does not hear of it
    queue.done(b, Outcome())
    assert take(queue) is a
    assert queue.next() is None  # and nobody beside it
    queue.done(a, Outcome())
    assert [take(queue).label, take(queue).label] == ["c", "d"]
    assert jobs.ended == {"b": Outcome(), "a": Outcome()}


def test_how_far_a_killed_search_came_is_forgotten_when_its_job_is_handed_out_again(jobs: Jobs) -> None:
    jobs.waiting[0].begun.write_text(json.dumps(asdict(Beat("a", 8, 7, 1.0))))
    assert not take(RetriedQueue(jobs)).begun.exists()


def test_two_of_them_run_one_after_the_other(jobs: Jobs) -> None:
    queue = RetriedQueue(jobs)
    a, b = take(queue), take(queue)
    a.begun.touch()
    queue.return_lost(a, DIED)
    queue.done(b, Outcome(reason="memory ran out", starved=True))
    # Nothing ran beside b any more, but b had begun beside a.
    order = []
    while job := queue.next():
        order.append(job.label)
        if job.label in "ab":
            assert queue.next() is None
        queue.done(job, Outcome())
    assert order == ["a", "b", "c", "d"]


def test_losses_beyond_the_policy_end_as_failures(jobs: Jobs) -> None:
    queue = RetriedQueue(jobs)
    for _ in range(RESTARTS + 1):
        job = take(queue)
        assert job.label == "a"
        job.begun.touch()
        queue.return_lost(job, DIED)
    assert not jobs.ended["a"].complete and not jobs.ended["a"].fault
    for _ in range(RESTARTS + 1):
        job = take(queue)
        assert job.label == "b"
        queue.return_lost(job, "ModuleNotFoundError: No module named 'mine'")
    assert jobs.ended["b"].fault
    assert jobs.running == set()


def test_where_the_queue_stops_what_was_lost_stays_unfinished(jobs: Jobs) -> None:
    queue = RetriedQueue(jobs)
    job = take(queue)
    queue.return_lost(job, "")
    jobs.stopped = True
    assert queue.stopped and queue.next() is None
    assert jobs.running == set() and jobs.ended == {}
