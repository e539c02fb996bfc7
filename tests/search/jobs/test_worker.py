from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search.jobs.job import Job
from search.jobs.outcome_files import read_outcome
from search.jobs.worker import run_job
from spaces.pattern.sharing_pattern import separate_decoders
from tests.search.jobs.tiny_job import make_job


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return make_job(tmp_path)


def test_a_checkpoint_stays_at_a_pause_and_is_gone_at_the_end(tmp_path: Path) -> None:
    last = replace(make_job(tmp_path, "trainer.epochs=2"), checkpoint=tmp_path / "job.ckpt")
    pause = replace(last, until=1, outcome=tmp_path / "pause.json")
    shown = run_job(pause)
    assert shown.complete and shown.epochs == 1
    assert last.checkpoint.exists() and not pause.begun.exists()
    ended = run_job(last)
    assert ended.complete and ended.epochs == 2
    assert ended.curves["loss"][0] == shown.curves["loss"][0]
    assert not last.checkpoint.exists() and not last.begun.exists()


def test_a_failure_leaves_no_mark_and_no_checkpoint_and_is_tried_again(job: Job, tmp_path: Path) -> None:
    """A failure is no result: whoever hands the job out once more wants it trained."""
    failing = replace(job, pattern=separate_decoders(list(job.pattern.tasks), 2, 1), checkpoint=tmp_path / "job.ckpt")
    failing.checkpoint.write_bytes(b"")
    first = run_job(failing, node="here")
    assert first.reason and first.node == "here"
    assert not failing.checkpoint.exists() and not failing.begun.exists()
    assert run_job(failing).ended > first.ended


def test_an_outcome_comes_back_from_its_file_and_is_not_trained_again(job: Job) -> None:
    outcome = run_job(job)
    assert outcome.complete
    assert read_outcome(job) == outcome
    written = job.outcome.stat().st_mtime_ns
    assert run_job(job) == outcome
    assert job.outcome.stat().st_mtime_ns == written


def test_an_exception_becomes_a_reason_with_its_place_and_never_a_number(job: Job) -> None:
    broken = replace(job, pattern=separate_decoders(list(job.pattern.tasks), 2, 1))
    outcome = run_job(broken)
    assert not outcome.complete
    assert outcome.metrics == {}
    assert "Error: " in outcome.reason and ".py:" in outcome.reason
    assert read_outcome(broken) == outcome


def test_a_node_that_does_not_see_the_run_folder_says_so_before_it_trains(job: Job, tmp_path: Path) -> None:
    outcome = run_job(replace(job, outcome=tmp_path / "not there" / "outcome.json"), node="far")
    assert "node far does not see the run folder" in outcome.reason
    assert "storage that all nodes share" in outcome.reason
    assert outcome.curves == {}


def test_a_result_of_another_kind_of_device_is_not_taken(job: Job) -> None:
    there = run_job(job)
    job.outcome.write_text(job.outcome.read_text().replace('"device": "cpu"', '"device": "cuda"'))
    assert run_job(job).ended > there.ended


@pytest.mark.parametrize("way", ["weights", "outcome", "checkpoint"])
def test_the_machines_fault_leaves_no_outcome_and_is_no_failure(way: str, job: Job, tmp_path: Path) -> None:
    """Something cannot be written, for a file is in the way: the same job is done again once that is mended."""
    (tmp_path / "file").touch()
    broken = replace(job, until=1 if way == "checkpoint" else None, **{way: tmp_path / "file" / "inside"})
    outcome = run_job(broken)
    assert outcome.fault and not outcome.complete
    wanted = {"outcome": "does not see the run folder"}.get(way, "move away what lies there")
    assert wanted in outcome.reason or "File exists" in outcome.reason
    assert not any((tmp_path / "file").parent.glob("*.begun")) and read_outcome(job) is None
    done = run_job(job)
    assert done.complete and not done.fault and "fault" not in job.outcome.read_text()
