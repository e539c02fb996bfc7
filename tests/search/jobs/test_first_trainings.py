"""Networks that gated ones start from: trained once for all trials, to what each would have trained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search.config.composition import compose
from search.jobs.first_trainings import count_first_epochs, find_file
from search.jobs.job import Job, Outcome
from search.jobs.worker import run_job
from spaces.pattern.mixing import Gated
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern, hard_sharing
from spaces.pattern.stage import Stage
from tests.tiny import arguments, write_tiny
from trainers.gating import Gating


def gated(names: tuple[str, ...], rate: float) -> SharingPattern:
    stage = Stage((names,), Gated(tuple((name, rate) for name in names)))
    return SharingPattern((stage, stage), (NoExchange(),) * 2, (Stage(tuple((name,) for name in names)),) * 2)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    settings = compose(arguments(write_tiny(tmp_path / "data")))
    names = tuple(sorted(task.name for task in settings.data.selected))
    recipe = replace(settings.trainer, gates=Gating(start=0.05, weight=2.0, initial="trained"))
    file = tmp_path / "outcome.json"
    return Job(
        "a job", gated(names, 0.3), settings.data, settings.network, recipe, 0, 1, file, first=tmp_path / "first"
    )


def seen(outcome: Outcome) -> tuple[object, ...]:
    assert outcome.complete, outcome.reason
    return outcome.metrics, outcome.curves, outcome.masks, outcome.epochs


def test_the_next_trial_starts_from_what_is_there_and_ends_as_if_it_had_trained_it(job: Job) -> None:
    other = replace(job, pattern=gated(job.pattern.tasks, 0.8))
    alone = [seen(run_job(replace(each, first=None))) for each in (job, other)]
    assert job.first is not None
    assert seen(run_job(job)) == alone[0]
    files = sorted(job.first.iterdir())
    assert len(files) == len(job.pattern.tasks) + 1
    written = [file.stat().st_mtime_ns for file in files]
    assert seen(run_job(other)) == alone[1]
    assert [file.stat().st_mtime_ns for file in sorted(job.first.iterdir())] == written
    files[0].write_bytes(b"torn")
    assert seen(run_job(job)) == alone[0]
    assert files[0].stat().st_size > 4


def test_a_kept_network_is_named_by_what_its_weights_depend_on(job: Job) -> None:
    alone = hard_sharing([job.pattern.tasks[0]], 2, 2)
    file = find_file(job, alone, "cpu")
    same = (
        replace(job, pattern=gated(job.pattern.tasks, 0.8)),
        replace(job, recipe=replace(job.recipe, gates=replace(job.recipe.gates, weight=1.0))),
        replace(job, judged="test", until=1, label="another"),
    )
    others = (replace(job, seed=1), replace(job, recipe=replace(job.recipe, epochs=job.recipe.epochs + 1)))
    assert {find_file(each, alone, "cpu") for each in same} == {file}
    assert file not in [find_file(each, alone, "cpu") for each in others]
    assert find_file(job, alone, "cuda") != file
    assert find_file(replace(job, first=None), alone, "cpu") is None


def test_their_epochs_are_counted_as_if_the_job_were_the_only_one(job: Job) -> None:
    counts = [
        count_first_epochs(replace(job, recipe=replace(job.recipe, gates=replace(job.recipe.gates, initial=initial))))
        for initial in ("random", "single_task", "trained")
    ]
    tasks, epochs = len(job.pattern.tasks), job.recipe.epochs
    assert counts == [0, tasks * epochs, (tasks + 1) * epochs]
