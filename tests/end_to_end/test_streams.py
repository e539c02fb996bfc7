"""Searches over data that are streamed, in this process and planned; `test_ray` has one under Ray."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.config.composition import compose
from search.config.validation import check_settings
from search.jobs.job import Job
from search.jobs.worker import run_job
from search.plan import main as plan
from search.run import main as search
from spaces.pattern.sharing_pattern import hard_sharing
from tests.pictures import arguments, write_pictures


@pytest.mark.slow
def test_a_plan_times_trainings_on_streams(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "data", images=16)
    assert plan(arguments(tmp_path, root, 0.0, "runner=inline")) == 0


def test_a_cache_that_cannot_be_is_refused_before_anything_is_trained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    cache = f"data.loading.cache={tmp_path / 'file' / 'cache'}"
    root = write_pictures(tmp_path / "data", images=4)
    folder = f"run.folder={tmp_path / 'runs'}"
    assert search(arguments(tmp_path, root, 0.0, "runner=inline", cache, folder)) == 2
    assert f"{cache}: cannot be written to" in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()
    check_settings(
        compose(arguments(tmp_path, root, 0.0, "runner.address=127.0.0.1:1", cache))
    )  # a cluster has other folders


def test_a_damaged_file_is_told_and_blames_no_pattern(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "data", images=16)
    (root / "train" / "9.png").write_bytes(b"no picture")
    settings = compose(arguments(tmp_path, root, 0.0, "runner=inline"))
    pattern = hard_sharing([task.name for task in settings.data.selected], 2, 2)
    job = Job("a job", pattern, settings.data, settings.network, settings.trainer, 0, 1, tmp_path / "outcome.json")
    outcome = run_job(job)
    assert outcome.fault
    assert outcome.reason.startswith(f"{root / 'train' / '9.png'}: cannot be read")
    assert outcome.metrics == {}
