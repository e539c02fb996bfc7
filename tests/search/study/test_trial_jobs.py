from __future__ import annotations

from pathlib import Path

from search.config.composition import Settings, compose
from search.jobs.outcome_files import OutcomeFiles
from search.study.run_folder import RunFolder
from search.study.supernet_training import plan_supernet
from search.study.trial_jobs import TrialJobs, inherit_from, make_candidate
from tests.search.trials import complete
from tests.tiny import arguments, write_tiny
from trainers.recipe import Recipe


def make(settings: Settings) -> TrialJobs:
    folder = RunFolder(Path("runs/own"), "0" * 32, resumed=False)
    return TrialJobs(settings, folder, OutcomeFiles(Path("runs/own/.outcomes")), 1, plan_supernet(settings, 1))


def test_a_trial_is_trained_by_the_recipe_from_nothing() -> None:
    settings = compose(arguments(write_tiny(Path("data"))))
    trial = complete(3, 1.0, 5)
    job = make(settings).make(make_candidate(trial), None)
    assert job == make(settings).repeat(trial)
    assert (job.label, job.recipe, job.inherits, job.pattern) == ("trial 3", settings.trainer, None, trial.pattern)
    assert job.weights == Path("runs/own/trials/0003.pt").absolute()


def test_a_trial_of_a_sampler_that_delivers_starts_from_the_supernet_with_epochs_of_its_own() -> None:
    settings = compose(arguments(write_tiny(Path("data")), "sampler=oneshot", "final.epochs=7"))
    job = make(settings).repeat(complete(3, 1.0, 5))
    supernet = plan_supernet(settings, 1)
    assert supernet is not None
    assert job.inherits == inherit_from(supernet)
    assert isinstance(job.recipe, Recipe)
    assert isinstance(settings.trainer, Recipe)
    assert (job.recipe.epochs, job.recipe.lr) == (7, 0.75 * settings.trainer.lr)


def test_with_a_prior_alone_trials_start_from_nothing() -> None:
    given = arguments(write_tiny(Path("data")), "sampler=frontier", "sampler.prior=supernet")
    assert make(compose(given)).repeat(complete(3, 1.0, 5)).inherits is None
