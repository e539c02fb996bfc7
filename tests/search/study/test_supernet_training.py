from __future__ import annotations

from pathlib import Path

from search.config.composition import Settings, compose
from search.jobs.job import Outcome
from search.jobs.worker import run_job
from search.study.supernet_training import SupernetTraining, plan_supernet
from tests.tiny import arguments, write_tiny


def settings(*more: str) -> Settings:
    return compose(arguments(write_tiny(Path("data")), "sampler=oneshot", *more))


def test_the_job_is_the_recipe_stretched_over_all_patterns_within_the_limits() -> None:
    job = plan_supernet(settings("limits.macs=1e9", "supernet.epochs=3"), 1)
    assert job is not None
    assert job.recipe.epochs == 3
    assert job.members is not None
    assert job.members.macs == 1e9
    assert [len(stage.groups) for stage in job.pattern.decoder] == [3, 3]
    assert job.outcome.stem == job.fingerprint == job.outcome.with_suffix("").name


def test_what_changes_a_supernet_changes_its_name_and_nothing_else_does() -> None:
    usual = plan_supernet(settings(), 1)
    assert usual is not None
    for more in (["supernet.epochs=4"], ["limits.macs=1e9"], ["run.seed=1"], ["space=branching"], ["trainer.lr=0.1"]):
        other = plan_supernet(settings(*more), 1)
        assert other is not None
        assert other.fingerprint != usual.fingerprint
    for more in (["trials=9"], ["final.epochs=9"], ["run.name=other"], ["objectives=[worst_delta,params]"]):
        same = plan_supernet(settings(*more), 1)
        assert same is not None
        assert same.fingerprint == usual.fingerprint


def test_a_sampler_that_rests_on_none_has_none() -> None:
    found = SupernetTraining(compose(arguments(write_tiny(Path("data")))), Path("kept.json"), 1)
    assert found.job is None
    assert not found.missing
    assert found.find_cached("cpu") is None


def test_it_is_there_once_it_has_ended_and_is_given_up_after_a_second_failure() -> None:
    found = SupernetTraining(settings("supernet.epochs=1"), Path("kept.json"), 1)
    assert found.job is not None
    assert found.missing
    assert found.done(Outcome(reason="broken"))
    assert not found.stopped
    assert not found.done(Outcome(reason="broken"))
    assert found.stopped == "the supernet failed 2 times, so nothing is estimated: broken"
    found.job.outcome.parent.mkdir(parents=True)
    outcome = run_job(found.job)
    assert not found.done(outcome)
    assert not found.missing
    assert set(found.read_estimates().read(found.job.pattern)) == set(outcome.metrics)
    assert SupernetTraining(settings("supernet.epochs=1"), Path("kept.json"), 1).find_cached(outcome.device) == outcome
