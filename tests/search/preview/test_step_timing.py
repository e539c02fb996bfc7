from __future__ import annotations

import math
from pathlib import Path

import pytest

from search.config.composition import Settings, compose
from search.preview.step_timing import NotTimed, time_steps
from search.study.baselines import list_baseline_jobs
from tests.tiny import arguments, write_tiny


def settings(*more: str) -> Settings:
    return compose(arguments(write_tiny(Path("data")), *more))


def test_trainings_are_timed_side_by_side() -> None:
    jobs = list_baseline_jobs(settings(), 1)[:2]
    answers = time_steps(jobs, 2, 0)
    assert len(answers) == 2
    for answer in answers:
        assert len(answer.timings) == 2
        assert answer.images == 16
        assert answer.resident > answer.growth > 0
        assert answer.gpu == 0
        for timing in answer.timings:
            assert timing.steps == 2  # an epoch has no more
            assert all(math.isfinite(value) for value in (timing.setup, timing.step, timing.measuring, timing.share))
            assert timing.setup > 0 and timing.step > 0 and timing.measuring > 0
            assert timing.share > 0
    assert not Path("runs").exists()


EXIT = '''
import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Exit:
    """Ends the process."""

    def __call__(self, images, targets, tasks, generator):
        os._exit(1)
'''


def test_a_training_that_fails_or_takes_its_process_along_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotTimed, match=r"TrainingError: the loss of colour is not finite"):
        time_steps(list_baseline_jobs(settings("trainer.lr=1e30"), 1)[:1], 1, 0)
    (tmp_path / "exiting.py").write_text(EXIT)
    monkeypatch.syspath_prepend(tmp_path)
    broken = settings("trainer.augment=[{_target_: exiting.Exit}]")
    with pytest.raises(NotTimed, match="the process that timed it was lost"):
        time_steps(list_baseline_jobs(broken, 1)[:1], 1, 0)
