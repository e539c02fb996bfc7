from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from search.config.composition import Settings, compose
from search.jobs.outcome_files import OutcomeFiles
from search.jobs.trial import save_trial
from search.runners import ray_tune
from search.runners.ray_tune import RayTune
from search.study.run_folder import RunFolder
from search.study.supernet_training import plan_supernet
from search.study.trial_jobs import TrialJobs, inherit_from, make_candidate
from spaces.errors import DataError
from tests.search.trials import complete
from tests.tiny import arguments, write_tiny
from trainers.recipe import Recipe


def make(settings: Settings) -> TrialJobs:
    folder = RunFolder(Path("runs/own"), "0" * 32, resumed=False)
    return TrialJobs(settings, folder, OutcomeFiles(Path("runs/own/.outcomes")), plan_supernet(settings, 1))


def test_a_trial_is_trained_by_the_recipe_from_nothing() -> None:
    settings = compose(arguments(write_tiny(Path("data"))))
    trial = complete(3, 1.0, 5)
    job = make(settings).make(make_candidate(trial), None)
    assert job == make(settings).repeat(trial)
    assert (job.label, job.recipe, job.inherits, job.pattern) == ("trial 3", settings.trainer, None, trial.pattern)
    assert job.weights == Path("runs/own/trials/0003.pt").absolute()


@pytest.mark.parametrize(("order", "share"), [("chained", 1.0), ("apart", 0.75)])
def test_a_trial_of_a_sampler_that_delivers_starts_from_the_supernet_with_epochs_of_its_own(
    order: str, share: float
) -> None:
    given = "sampler=oneshot", f"sampler.order={order}", "final.epochs=7"
    settings = compose(arguments(write_tiny(Path("data")), *given))
    job = make(settings).repeat(complete(3, 1.0, 5))
    supernet = plan_supernet(settings, 1)
    assert supernet is not None
    assert job.inherits == inherit_from(supernet)
    assert isinstance(job.recipe, Recipe)
    assert isinstance(settings.trainer, Recipe)
    assert (job.recipe.epochs, job.recipe.lr) == (7, share * settings.trainer.lr)


@pytest.mark.parametrize(("order", "of_one"), [("chained", 2), ("apart", 1)])
def test_a_chain_trains_on_the_threads_of_what_would_run_beside_it(
    order: str, of_one: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_tune, "count_cores", lambda: 8)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    given = "sampler=oneshot", f"sampler.order={order}", "final.epochs=7"
    settings = compose(arguments(write_tiny(Path("data")), *given))
    jobs, trial = make(replace(settings, runner=RayTune(cpus_per_trial=2))), complete(3, 1.0, 5)
    job = jobs.make(make_candidate(trial), None)
    assert job.threads == 2 * of_one
    assert job.training == replace(job, threads=1).training
    assert jobs.repeat(trial).threads == 2  # of an earlier version, which knew no others
    assert jobs.repeat(replace(trial, threads=3)).threads == 3


def test_with_a_prior_alone_trials_start_from_nothing() -> None:
    given = arguments(write_tiny(Path("data")), "sampler=frontier", "sampler.prior=supernet")
    assert make(compose(given)).repeat(complete(3, 1.0, 5)).inherits is None


def test_a_chain_starts_from_what_the_trials_before_have_made_of_the_supernets_weights(tmp_path: Path) -> None:
    settings = compose(arguments(write_tiny(tmp_path / "data"), "sampler=oneshot"))
    folder = RunFolder(tmp_path / "own", "0" * 32, resumed=False)
    supernet = plan_supernet(settings, 1)
    assert supernet is not None
    jobs = TrialJobs(settings, folder, OutcomeFiles(tmp_path / ".outcomes"), supernet)
    trials = [replace(complete(0, 1.0, 9), follows=None), complete(2, 1.0, 7), complete(3, 1.0, 5)]
    trials[1:] = [replace(trials[1], follows=0), replace(trials[2], follows=2)]
    folder.trials.mkdir(parents=True)
    for trial in trials:
        save_trial(folder.trial(trial.number), trial)
    first, second, third = (jobs.repeat(trial) for trial in trials)
    assert first.inherits == inherit_from(supernet)
    assert second.inherits == first.inherits.follow(folder.weights(0).absolute(), first.training)
    assert third.inherits == second.inherits.follow(folder.weights(2).absolute(), second.training)
    assert len({job.training for job in (first, second, third)}) == 3
    alone = jobs.repeat(replace(trials[2], follows=None))
    assert alone.inherits == first.inherits  # as earlier versions left them
    assert alone.training != third.training


def test_weights_of_a_chain_that_are_gone_are_told_before_anything_is_trained(tmp_path: Path) -> None:
    """Else a worker would take it for a failure of the pattern."""
    settings = compose(arguments(write_tiny(tmp_path / "data"), "sampler=oneshot"))
    folder = RunFolder(tmp_path / "own", "0" * 32, resumed=False)
    jobs = TrialJobs(settings, folder, OutcomeFiles(tmp_path / ".outcomes"), plan_supernet(settings, 1))
    folder.trials.mkdir(parents=True)
    save_trial(folder.trial(0), complete(0, 1.0, 9))
    after = replace(complete(3, 1.0, 5), follows=0)
    with pytest.raises(DataError, match=r"^trial 3 went on from the weights of an earlier trial, .*0000\.pt is not"):
        jobs.make(make_candidate(after), None)
    torch.save({"here": torch.arange(1000)}, folder.weights(0))
    assert jobs.make(make_candidate(after), None) == jobs.repeat(after)


def change_a_bit(file: Path) -> None:
    held = bytearray(file.read_bytes())
    held[held.find(torch.arange(1000).numpy().tobytes()) + 80] ^= 1
    file.write_bytes(held)


@pytest.mark.parametrize("copied", [False, True])
@pytest.mark.parametrize("damage", [change_a_bit, lambda file: file.write_bytes(file.read_bytes()[:900]), Path.unlink])
def test_damaged_weights_of_a_chain_are_told_with_the_way_out(
    damage: Callable[[Path], object], copied: bool, tmp_path: Path
) -> None:
    """A changed number among the weights too, which torch reads without a word."""
    settings = compose(arguments(write_tiny(tmp_path / "data"), "sampler=oneshot"))
    folder = RunFolder(tmp_path / "own", "0" * 32, resumed=False)
    jobs = TrialJobs(settings, folder, OutcomeFiles(tmp_path / ".outcomes"), plan_supernet(settings, 1))
    folder.trials.mkdir(parents=True)
    save_trial(folder.trial(0), complete(0, 1.0, 9))
    weights, copy = folder.weights(0), tmp_path / "own/front/0-0123456789abcdef/weights.pt"
    torch.save({"here": torch.arange(1000)}, weights)
    if copied:
        copy.parent.mkdir(parents=True)
        copy.write_bytes(weights.read_bytes())
    damage(weights)
    with pytest.raises(DataError) as caught:
        jobs.make(make_candidate(replace(complete(3, 1.0, 5), follows=0)), None)
    told = str(caught.value)
    assert told.startswith(f"trial 3 went on from the weights of an earlier trial, and {weights} ")
    way = f"{copy} is a copy: put it there" if copied else f"load('{tmp_path / 'own'}').train(0)` trains that one again"
    assert way in told
    assert ("remove it" in told) == (weights.exists() and not copied)


def test_a_chain_whose_file_is_gone_is_told(tmp_path: Path) -> None:
    settings = compose(arguments(write_tiny(tmp_path / "data"), "sampler=oneshot"))
    folder = RunFolder(tmp_path / "own", "0" * 32, resumed=False)
    jobs = TrialJobs(settings, folder, OutcomeFiles(tmp_path / ".outcomes"), plan_supernet(settings, 1))
    with pytest.raises(DataError, match=r"0000\.json"):
        jobs.repeat(replace(complete(3, 1.0, 5), follows=0))
