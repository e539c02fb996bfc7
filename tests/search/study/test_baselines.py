from __future__ import annotations

import json
import random
from dataclasses import asdict, replace
from pathlib import Path
from statistics import fmean

import pytest

from search.config.composition import compose
from search.config.settings import Settings
from search.jobs.job import Job, Outcome
from search.study.baselines import RETRIES, BaselineTrainings, list_baseline_jobs, list_ended
from spaces.common.atomic_files import write_json
from spaces.errors import DataError
from tests.tiny import arguments, write_tiny

SEEDS = 2


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    given = arguments(write_tiny(tmp_path / "data"), f"run.folder={tmp_path / 'runs'}", f"baselines.seeds={SEEDS}")
    return compose(given)


def end_well(job: Job, settings: Settings, rng: random.Random) -> Outcome:
    (task,) = (task for task in settings.data.selected if task.name in job.pattern.tasks)
    return Outcome(metrics={f"{task.name}.{metric.name}": rng.uniform(0.1, 9.0) for metric in task.table})


def test_every_task_is_trained_by_itself_with_every_seed_and_all_tasks_are_known_early(settings: Settings) -> None:
    jobs, names = list_baseline_jobs(settings, 1), [task.name for task in settings.data.selected]
    assert [job.pattern.tasks for job in jobs] == [(name,) for name in names] * SEEDS
    assert [job.seed for job in jobs] == sorted(job.seed for job in jobs)
    assert len({job.seed for job in jobs}) == SEEDS
    assert len({job.outcome for job in jobs} | {job.checkpoint for job in jobs}) == 2 * len(jobs)
    assert [job.outcome for job in list_baseline_jobs(settings, 4)] == [job.outcome for job in jobs]
    other = replace(settings, trainer=replace(settings.trainer, lr=0.5))
    assert not {job.outcome for job in list_baseline_jobs(other, 1)} & {job.outcome for job in jobs}


@pytest.mark.parametrize("seed", range(3))
def test_the_reference_is_the_mean_over_seeds_and_stays_whatever_becomes_of_the_cache(
    settings: Settings, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    trainings = BaselineTrainings(settings, tmp_path / "kept.json", 1)
    jobs = trainings.resume()
    outcomes = {job: end_well(job, settings, rng) for job in jobs}
    for job in rng.sample(jobs, len(jobs)):  # in any order
        assert not trainings.reference and not trainings.whole
        assert not trainings.done(job, outcomes[job])
    for task in settings.data.selected:
        name = f"{task.name}.{task.headline}"
        mean = fmean(outcome.metrics[name] for outcome in outcomes.values() if name in outcome.metrics)
        assert trainings.reference[task.name] == trainings.whole[name] == pytest.approx(mean)
    again = BaselineTrainings(settings, tmp_path / "kept.json", 1)
    assert again.resume() == []
    assert (again.reference, again.whole) == (trainings.reference, trainings.whole)


def test_one_that_fails_is_tried_again_and_then_stops_the_search(settings: Settings, tmp_path: Path) -> None:
    trainings = BaselineTrainings(settings, tmp_path / "kept.json", 1)
    first, *others = trainings.resume()
    for _ in range(RETRIES):
        assert trainings.done(first, Outcome(reason="no luck"))
    for job in others:  # those of others do not count
        assert trainings.done(job, Outcome(reason="no luck"))
    assert trainings.stopped == ""
    assert not trainings.done(first, Outcome(reason="no luck again"))
    assert first.label in trainings.stopped and trainings.stopped.endswith("no luck again")


def test_a_reference_that_nothing_can_be_related_to_stops_the_search(settings: Settings, tmp_path: Path) -> None:
    trainings = BaselineTrainings(settings, tmp_path / "kept.json", 1)
    for job in trainings.resume():
        outcome = end_well(job, settings, random.Random(0))
        trainings.done(job, replace(outcome, metrics=dict.fromkeys(outcome.metrics, 0.0)))
    assert not trainings.reference
    assert "no relative change can be taken" in trainings.stopped


def test_what_an_earlier_search_trained_is_found_on_its_kind_of_device(settings: Settings, tmp_path: Path) -> None:
    trainings = BaselineTrainings(settings, tmp_path / "kept.json", 1)
    job, *_ = trainings.resume()
    outcome = end_well(job, settings, random.Random(0))
    assert list(trainings.find_cached("cpu")) == []
    write_json(job.outcome, {"fingerprint": job.fingerprint, "outcome": asdict(outcome)})
    assert list(trainings.find_cached("cpu")) == [(job, outcome)]
    assert list(trainings.find_cached("cuda")) == []


def test_one_that_ended_when_nobody_heard_it_any_more_is_there_as_well(settings: Settings) -> None:
    heard, late, failed, *_ = list_baseline_jobs(settings, settings.runner.threads)
    outcome = end_well(late, settings, random.Random(0))
    for job, left in ((late, outcome), (failed, Outcome(reason="no luck"))):
        write_json(job.outcome, {"fingerprint": job.fingerprint, "outcome": asdict(left)})
    known = {heard: end_well(heard, settings, random.Random(1))}
    assert list_ended(settings, known) == {**known, late: outcome}


ODD = [{"metrics": 3}, {"metrics": {"a": "x"}}, {"cost": {"macs": []}}, {"seconds": "soon"}, {"later": 1}]


@pytest.mark.parametrize("text", ["[1]", "null", "3", '{"a": 1}', *(json.dumps({"a": each}) for each in ODD)])
def test_a_file_that_holds_no_baselines_is_one_message(tmp_path: Path, text: str) -> None:
    kept = tmp_path / "baselines.json"
    kept.write_text(text)
    settings = compose(arguments(write_tiny(tmp_path / "data"), f"run.folder={tmp_path / 'runs'}"))
    with pytest.raises(DataError, match="no baselines by fingerprint"):
        BaselineTrainings(settings, kept, 1).resume()
