from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import torch

from search.config.composition import Settings, compose
from search.preview.timed_training import STEPS, Timing, time_jobs
from search.study.baselines import list_baseline_jobs
from tests.tiny import arguments, write_tiny


def settings(*more: str) -> Settings:
    return compose(arguments(write_tiny(Path("data")), *more))


def test_a_cpu_for_itself_takes_the_share_of_the_time() -> None:
    assert Timing(2.0, 0.5, 4.0, 7, 0.25).undisturbed == Timing(0.5, 0.125, 1.0, 7, 0.25)


def test_each_training_is_timed_when_all_have_come_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = torch.get_num_threads()
    jobs = list_baseline_jobs(settings("trainer.batch_size=4"), 1)[:2]
    waited: list[int] = []
    barrier: Any = threading.Barrier(1, action=lambda: waited.append(1))
    try:
        found = time_jobs(jobs, barrier, None)
    finally:
        torch.set_num_threads(threads)
    assert len(waited) == 2 * len(jobs)  # before the first step, and before what is timed
    assert [timing.steps for timing in found.timings] == [4, 4]  # of 16 images; never more than STEPS
    assert STEPS >= 4
    assert found.images == 16
    assert found.resident > 2**20  # bytes, not kilobytes
    assert found.gpu == 0
    assert all(timing.step > 0 and timing.measuring > 0 for timing in found.timings)
