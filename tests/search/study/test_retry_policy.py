from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.jobs.job import Job
from search.study.retry_policy import RESTARTS, RetryPolicy
from tests.search.jobs.tiny_job import make_job

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours


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
        failure = policy.count_loss(jobs[each], "")
        assert (failure is None) == (lost[each] <= RESTARTS)
        assert failure is None or not failure.complete


def lose(job: Job, why: str) -> str:
    policy = RetryPolicy()
    *before, failure = [policy.count_loss(job, why) for _ in range(RESTARTS + 1)]
    assert before == [None] * RESTARTS
    assert failure is not None
    return failure.reason


@pytest.mark.parametrize("why", ["", "No module named 'mine'"])
def test_the_reason_says_whether_a_worker_had_begun_and_why_it_was_lost(
    jobs: list[Job], tmp_path: Path, why: str
) -> None:
    job = replace(jobs[0], checkpoint=tmp_path / "job.ckpt")
    never = lose(job, why)
    job.checkpoint.write_bytes(b"")
    begun = lose(job, why)
    assert never.startswith(f"no worker could be started for it, {RESTARTS + 1} times in a row")
    assert begun.startswith(f"its worker was lost, {RESTARTS + 1} times in a row")
    assert why in never and why in begun
    # Packages are to blame only where something was told and nothing ever ran.
    assert ["every node wants the same packages" in told for told in (never, begun)] == [bool(why), False]
    assert lose(replace(job, checkpoint=None), why) == never
