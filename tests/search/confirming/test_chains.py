from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from search.config.composition import compose
from search.config.settings import Settings
from search.confirming.chains import Delivered, Plans, describe_basis
from search.confirming.request import AS_SEARCHED, RESPLIT, WITH_VAL
from search.jobs.members import Inherited
from search.jobs.trial import save_trial
from search.study.fronts.final_files import Final
from search.study.run_folder import RunFolder
from search.study.supernet_training import plan_supernet
from search.study.trial_jobs import inherit_from
from spaces.errors import DataError
from spaces.pattern.sharing_pattern import hard_sharing, separate_decoders
from tests.search.trials import complete
from tests.tiny import arguments, write_tiny
from trainers.recipe import Recipe

TASKS = ("brightness", "colour", "depth")
TRIAL = replace(complete(3, 1.0, 5), pattern=separate_decoders(TASKS, 2, 2))


def read(*more: str) -> Settings:
    return compose(arguments(write_tiny(Path("data")), *more))


def plan(settings: Settings, division: str = AS_SEARCHED) -> Plans:
    return Plans(settings, RunFolder(Path("runs/own"), "0" * 32, resumed=True), division)


def deliver(start: str | None = None, epochs: int = 7) -> Delivered:
    if start is None:
        return Delivered(TRIAL, TRIAL, None, {})
    final = Final(replace(TRIAL, epochs=epochs), "f", Path("f.pt"), start=start)
    return Delivered(final.trial, TRIAL, final, {})


def test_a_trial_is_trained_whole_with_a_fresh_seed_and_tested_once() -> None:
    settings = read("run.seed=2")
    plans = plan(settings)
    seeds = [plans.derive_seed(turn) for turn in range(3)]
    assert seeds == [2500, 2501, 2502]
    (job,) = plans.plan(deliver(), seeds[1])
    assert (job.seed, job.recipe, job.inherits, job.judged, job.tested) == (2501, settings.trainer, None, "val", "test")
    assert (job.pattern, job.data, job.weights) == (TRIAL.pattern, settings.data, None)
    assert job.outcome == Path("runs/own/confirmed").absolute() / f"{job.fingerprint}.json"
    assert len({each.fingerprint for seed in seeds for each in plans.plan(deliver(), seed)}) == 3


def test_the_supernet_stays_and_what_was_trained_alone_is_trained_anew() -> None:
    settings = read("sampler=frontier", "sampler.prior=supernet", "final.epochs=7")
    supernet = plan_supernet(settings, 1)
    assert supernet is not None
    weights = inherit_from(supernet).file
    with pytest.raises(DataError, match=r"trial 3 started from the weights of a supernet, which .* does not hold any"):
        plan(settings).plan(deliver("supernet"), 500)
    weights.parent.mkdir(parents=True)
    torch.save({}, weights)
    (job,) = plan(settings).plan(deliver("supernet"), 500)
    assert job.inherits == inherit_from(supernet)
    assert isinstance(job.recipe, Recipe)
    assert isinstance(settings.trainer, Recipe)
    assert (job.recipe.epochs, job.recipe.lr) == (7, 0.75 * settings.trainer.lr)
    first, last = plan(settings).plan(deliver("trial"), 500)
    assert (first.tested, first.inherits, first.recipe) == (None, None, settings.trainer)
    assert first.weights is not None
    assert last.inherits == Inherited(first.weights, first.fingerprint)
    (alone,) = plan(settings).plan(deliver("nothing"), 500)
    assert alone.inherits is None
    assert alone.recipe == replace(settings.trainer, epochs=7)


def test_an_earlier_version_did_not_keep_what_a_final_training_began_on() -> None:
    with pytest.raises(DataError, match="the final training of trial 3 is of an earlier version, which did not keep"):
        plan(read("final.epochs=7")).plan(deliver(""), 500)


def test_single_task_networks_have_the_same_fresh_seeds_and_lie_where_those_of_searches_do() -> None:
    settings = read("baselines.epochs=3")
    jobs = plan(settings).plan_references(501)
    assert [job.pattern.tasks for job in jobs] == [(task.name,) for task in settings.data.selected]
    assert {(job.seed, job.tested, job.recipe.epochs) for job in jobs} == {(501, "test", 3)}
    assert {job.outcome.parent for job in jobs} == {settings.run.folder.absolute() / "baselines"}


def test_other_images_for_networks_and_single_tasks_alike() -> None:
    settings = read()
    images = {}
    for division in (AS_SEARCHED, WITH_VAL, RESPLIT):
        for seed in (500, 501):
            plans = plan(settings, division)
            (job,) = plans.plan(deliver(), seed)
            assert {each.data for each in plans.plan_references(seed)} == {job.data}
            images[division, seed] = job.data.fingerprint
    assert images[AS_SEARCHED, 500] == images[AS_SEARCHED, 501]
    assert images[WITH_VAL, 500] == images[WITH_VAL, 501]
    assert len(set(images.values())) == 4


def test_what_is_fresh_is_said() -> None:
    assert describe_basis(deliver(), read()) == "whole training"
    assert describe_basis(deliver(), read("sampler=oneshot")) == "training on the supernet's weights"
    assert describe_basis(deliver("nothing"), read()) == "final training from nothing"
    chained = Delivered(replace(TRIAL, follows=0), replace(TRIAL, follows=0), None, {})
    assert describe_basis(chained, read("sampler=oneshot")) == (
        "training on the supernet's weights and on those of trials before, these too with fresh seeds"
    )


def test_of_a_chain_the_trials_before_are_trained_anew_with_the_seed_and_are_the_ones_that_are_told(
    tmp_path: Path,
) -> None:
    settings = read("sampler=oneshot", f"run.folder={tmp_path}")
    supernet = plan_supernet(settings, 1)
    assert supernet is not None
    weights = inherit_from(supernet).file
    weights.parent.mkdir(parents=True)
    torch.save({}, weights)
    folder = RunFolder(tmp_path / "own", "0" * 32, resumed=True)
    folder.trials.mkdir(parents=True)
    before = replace(TRIAL, number=0, pattern=hard_sharing(TASKS, 2, 2))
    save_trial(folder.trial(0), before)
    plans = Plans(settings, folder, AS_SEARCHED)
    after = replace(TRIAL, follows=0)
    first, last = plans.plan(Delivered(after, after, None, {}), 500)
    (alone,) = plans.plan(Delivered(before, before, None, {}), 500)
    assert (first.label, last.label) == ("trial 0, seed 500", "trial 3, seed 500")
    assert (first.seed, last.seed, first.tested, last.tested) == (500, 500, "test", "test")
    assert (first.fingerprint, first.outcome, first.inherits) == (alone.fingerprint, alone.outcome, alone.inherits)
    assert first.weights is not None and alone.weights is None
    assert last.inherits == inherit_from(supernet).follow(first.weights, first.fingerprint)
