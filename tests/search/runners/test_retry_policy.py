from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.jobs.heartbeat import Beat
from search.jobs.job import Job, Outcome
from search.runners.retry_policy import ONCE, RESTARTS, RetryPolicy
from tests.search.jobs.tiny_job import make_job

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours
DEAD_NODE = "The actor died because its node has died. Node Id: 12ab"
DEAD_WORKER = (
    "The actor is dead because its worker process has died. Some common causes include: (1) the process was killed by "
    "the OOM killer due to high memory usage"
)
STARVED_WORKER = "The actor is dead because its worker process has died. Worker exit type: NODE_OUT_OF_MEMORY"


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return replace(make_job(tmp_path), label="trial 7", outcome=tmp_path / "7.json", checkpoint=tmp_path / "7.ckpt")


def begin(job: Job, epoch: int = 0) -> None:
    job.begun.write_text(json.dumps(asdict(Beat(job.label, 9, epoch))))


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> list[Job]:
    folder = tmp_path_factory.mktemp("jobs")
    job = make_job(folder)
    return [replace(job, label=f"trial {n}", outcome=folder / f"{n}.json") for n in range(3)]


@quick
@given(losses=st.lists(st.integers(0, 2), max_size=20))
def test_a_job_is_handed_out_again_some_times_whatever_happens_to_others(jobs: list[Job], losses: list[int]) -> None:
    policy, lost = RetryPolicy(), Counter[int]()
    for each in losses:
        lost[each] += 1
        verdict = policy.judge_loss(jobs[each], "")
        assert (verdict.failure is None) == (lost[each] <= RESTARTS)
        assert not verdict.alone  # nobody had begun it, so it took nobody along


def lose(job: Job, why: str, *, begun: bool = True, times: int = 99) -> tuple[list[bool], Outcome | None]:
    """Whether it is tried alone, for every time that it is tried again; and how it ends."""
    policy, again = RetryPolicy(), []
    for _ in range(times):
        if begun:
            begin(job)
        verdict = policy.judge_loss(job, why)
        assert not job.begun.exists()
        if verdict.failure:
            return again, verdict.failure
        again.append(verdict.alone)
    return again, None


@pytest.mark.parametrize(("why", "times"), [(DEAD_WORKER, RESTARTS), (STARVED_WORKER, ONCE)])
def test_a_worker_that_died_with_its_job_is_tried_again_alone_once_if_memory_ran_out(
    job: Job, why: str, times: int
) -> None:
    again, failure = lose(job, why)
    assert again == [True] * times
    assert failure is not None and not failure.fault
    assert failure.reason == f"its worker was lost, {times + 1} times in a row ({why})"


def test_without_a_reason_the_usual_ones_are_told(job: Job) -> None:
    _, failure = lose(job, "")
    assert failure is not None
    assert failure.reason == (
        "its worker was lost, 4 times in a row: it ran out of memory, was killed, or its node went away"
    )


def test_a_node_that_died_says_nothing_of_memory(job: Job) -> None:
    again, failure = lose(job, DEAD_NODE)
    assert again == [False] * RESTARTS
    assert failure is not None and DEAD_NODE in failure.reason


def test_one_that_took_too_long_is_tried_once_more_beside_others(job: Job) -> None:
    again, failure = lose(job, "it took longer than runner.trial_timeout=5 seconds")
    assert again == [False] * ONCE
    assert failure is not None
    assert failure.reason == "it took longer than runner.trial_timeout=5 seconds, 2 times in a row"


def test_the_time_of_lost_workers_is_told(job: Job) -> None:
    policy, failure = RetryPolicy(), None
    for _ in range(RESTARTS + 1):
        job.begun.write_text(json.dumps(asdict(Beat(job.label, 9, begun=time.time() - 5))))
        failure = policy.judge_loss(job, DEAD_WORKER).failure
    assert failure is not None
    assert failure.seconds == pytest.approx(5 * (RESTARTS + 1), abs=1)


def test_a_time_that_no_worker_can_begin_in_is_named(job: Job) -> None:
    _, failure = lose(job, "it took longer than runner.trial_timeout=0.02 seconds", begun=False)
    assert failure is not None and failure.fault
    assert failure.reason == (
        f"it took longer than runner.trial_timeout=0.02 seconds, {RESTARTS + 1} times in a row, and no worker had "
        "begun it by then; allow more"
    )


def test_one_that_goes_on_from_its_checkpoint_is_tried_as_long_as_it_gets_further(job: Job) -> None:
    assert job.checkpoint is not None
    job.checkpoint.write_bytes(b"")
    policy = RetryPolicy()
    for epoch in [*range(1, 9), *[8] * (RESTARTS - 1)]:
        begin(job, epoch)
        assert policy.judge_loss(job, DEAD_WORKER).failure is None
    begin(job, 8)
    failure = policy.judge_loss(job, DEAD_WORKER).failure
    assert failure is not None and failure.reason.startswith("its worker was lost, 4 times in a row")


@pytest.mark.parametrize("why", ["", "No module named 'mine'"])
def test_where_no_worker_ever_began_it_the_machine_is_at_fault(job: Job, why: str) -> None:
    again, failure = lose(job, why, begun=False)
    assert again == [False] * RESTARTS
    assert failure is not None and failure.fault
    assert failure.reason.startswith(f"no worker could be started for it, {RESTARTS + 1} times in a row")
    # Packages are to blame only where something was told and nothing ever ran.
    assert ("every node wants the same packages" in failure.reason) == bool(why)
    assert why in failure.reason


def test_memory_that_ran_out_beside_others_is_tried_once_alone(job: Job) -> None:
    policy, starved = RetryPolicy(), Outcome(reason="memory ran out", starved=True)
    first = policy.judge_starved(job, starved, beside=True)
    assert first.failure is None and first.alone
    second = policy.judge_starved(job, starved, beside=True)
    assert second.failure is not None
    assert second.failure.reason == "memory ran out; nothing else of this search ran beside it"


def test_memory_that_ran_out_alone_is_not_tried_again(job: Job) -> None:
    assert RetryPolicy().judge_starved(job, Outcome(reason="memory ran out", starved=True), beside=False).failure
