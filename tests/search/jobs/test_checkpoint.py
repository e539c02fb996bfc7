"""A training that was cut off goes on where it stood, and only that training does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from search.config.composition import compose
from search.jobs import train_job as training
from search.jobs.checkpoint import read_checkpoint
from search.jobs.job import Job, Outcome
from search.jobs.worker import run_job
from spaces.pattern.mixing import Gated
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern, separate_decoders
from spaces.pattern.stage import Stage
from tests.tiny import arguments, write_tiny
from trainers import training_state as leg
from trainers.gating import Gating


@pytest.fixture
def job(tmp_path: Path) -> Job:
    settings = compose(arguments(write_tiny(tmp_path / "data"), "trainer.epochs=5"))
    pattern = separate_decoders(sorted(task.name for task in settings.data.selected), 2, 2)
    files = {"outcome": tmp_path / "outcome.json", "checkpoint": tmp_path / "here.ckpt"}
    return Job("a job", pattern, settings.data, settings.network, settings.trainer, 0, 1, **files)


def _same(one: Outcome, other: Outcome) -> bool:
    names = ("metrics", "curves", "cost", "masks", "epochs", "reason")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _cut_off(job: Job, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """End the worker, as a kill would, when so many epochs have been kept."""

    def keep(job: Job, state: dict) -> None:
        kept(job, state)
        if len(state["reports"]) == after:
            raise KeyboardInterrupt

    kept = training.write_checkpoint
    monkeypatch.setattr(training, "write_checkpoint", keep)
    monkeypatch.setattr(leg, "KEPT_EVERY", -1.0)
    with pytest.raises(KeyboardInterrupt):
        run_job(job)
    monkeypatch.setattr(training, "write_checkpoint", kept)


@pytest.mark.parametrize("after", [1, 3, 4])
def test_a_training_that_was_cut_off_goes_on_and_ends_as_if_undisturbed(
    job: Job, tmp_path: Path, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run_job(replace(job, outcome=tmp_path / "whole.json", checkpoint=None))
    _cut_off(job, after, monkeypatch)
    state = read_checkpoint(job)
    assert state is not None and len(state["reports"]) == after
    assert _same(run_job(job), whole)
    assert not job.checkpoint.exists()


def test_a_damaged_checkpoint_or_one_of_another_training_is_not_taken_up(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run_job(replace(job, outcome=tmp_path / "whole.json", checkpoint=None))
    _cut_off(job, 2, monkeypatch)
    assert read_checkpoint(replace(job, seed=1)) is None
    assert read_checkpoint(replace(job, until=1)) is None  # it stands beyond that
    assert read_checkpoint(replace(job, until=3)) is not None
    job.checkpoint.write_bytes(job.checkpoint.read_bytes()[:-40])
    assert read_checkpoint(job) is None
    assert _same(run_job(job), whole)


def test_nothing_is_unpickled(job: Job) -> None:
    class Harm:
        def __reduce__(self) -> tuple:
            return (Path.touch, (job.checkpoint.with_name("harmed"),))

    torch.save({"training": job.training, "state": Harm()}, job.checkpoint)
    assert read_checkpoint(job) is None
    assert not job.checkpoint.with_name("harmed").exists()


@pytest.mark.parametrize("initial", ["random", "single_task", "trained"])
def test_a_gated_network_pauses_with_the_pruned_numbers_and_goes_on_with_its_gates(
    job: Job, tmp_path: Path, initial: str
) -> None:
    tasks = job.pattern.tasks
    stage = Stage((tasks,), Gated(tuple((name, 0.3) for name in tasks)))
    pattern = SharingPattern((stage, stage), (NoExchange(),) * 2, (Stage(tuple((name,) for name in tasks)),) * 2)
    gated = replace(job, pattern=pattern, recipe=replace(job.recipe, gates=Gating(start=0.05, initial=initial)))
    whole = run_job(replace(gated, outcome=tmp_path / "whole.json", checkpoint=None))
    paused = run_job(replace(gated, outcome=tmp_path / "paused.json", until=2))
    assert paused.complete and paused.masks and paused.metrics
    assert len(paused.curves["loss"]) == 2
    assert whole.epochs - paused.epochs == 3
    assert _same(run_job(gated), whole)
