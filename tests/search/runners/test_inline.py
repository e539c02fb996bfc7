"""Jobs one after the other in this process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.config.composition import compose
from search.jobs.job import Job, Outcome
from search.jobs.outcome_files import read_outcome
from search.runners.inline import Inline
from spaces.errors import ConfigError
from spaces.pattern.sharing_pattern import hard_sharing
from tests.tiny import arguments, write_tiny


class Jobs:
    """A fixed list of jobs, and what came of them."""

    def __init__(self, jobs: list[Job]) -> None:
        self.waiting, self.running, self.stopped = list(jobs), set[Job](), False
        self.told: list[str] = []
        self.answers: list[tuple[Job, Outcome]] = []

    def next(self) -> Job | None:
        assert not self.running, "one at a time"
        if not self.waiting:
            return None
        job = self.waiting.pop(0)
        self.running.add(job)
        return job

    def look(self) -> None: ...

    def done(self, job: Job, outcome: Outcome) -> None:
        self.running.remove(job)
        self.answers.append((job, outcome))

    def answer_from_cache(self, device: str) -> None:
        self.told.append(device)


def test_every_job_is_run_once_and_in_order_and_a_failure_stops_nobody(tmp_path: Path) -> None:
    settings = compose(arguments(write_tiny(tmp_path / "data")))
    pattern = hard_sharing(["depth"], settings.network.encoder_stages, settings.network.decoder_stages)
    first = Job("0", pattern, settings.data, settings.network, settings.trainer, 0, 1, tmp_path / "0.json")
    jobs = [replace(first, label=str(number), seed=number, outcome=tmp_path / f"{number}.json") for number in range(3)]
    jobs[1] = replace(jobs[1], outcome=tmp_path / "nowhere" / "1.json")
    queue, started = Jobs(jobs), list[int]()

    settings.runner.run(queue, tmp_path, started.append)

    assert started == [1]
    assert len(queue.told) == 1
    assert [job for job, _ in queue.answers] == jobs
    assert [outcome.complete for _, outcome in queue.answers] == [True, False, True]
    assert read_outcome(jobs[0]) == queue.answers[0][1]


@given(st.integers(-3, 64), st.integers(0, 256), st.integers(0, 8))
def test_one_training_at_a_time_whatever_the_machine(threads: int, cpus: int, gpus: int) -> None:
    if threads < 1:
        with pytest.raises(ConfigError, match=f"runner.cpus_per_trial={threads}"):
            Inline(threads)
        return
    runner = Inline(threads)
    assert runner.threads_alone == threads
    assert (runner.threads, runner.gpu_share, runner.elsewhere) == (threads, 1.0, False)
    assert runner.places(cpus, gpus) == (min(gpus, 1), 1)
