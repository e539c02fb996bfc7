"""From a pattern that is to be trained to its job: recipe, seed, and the weights that it starts from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from search.config.settings import Settings
from search.jobs.job import Job
from search.jobs.members import Inherited
from search.jobs.outcome_files import OutcomeFiles
from search.jobs.trial import Trial, load_trial
from search.study.baselines import derive_seed
from search.study.run_folder import RunFolder
from search.study.study import Candidate
from spaces.errors import DataError
from spaces.networks.cost import Cost
from spaces.networks.weights.content import is_whole
from trainers.recipe import INHERITED_LR, stretch_recipe
from trainers.robustness.aims import list_measured

_TRAIN = "`from search.load import load; load('{run}').train({number})` trains that one again as it was"


@dataclass(frozen=True)
class TrialJobs:
    """Makes the jobs of one search's trials.

    Args:
        settings: of the search.
        folder: where its trials are kept.
        outcomes: where workers leave what came of them.
        supernet: whose weights trials start from where they are final trainings; None for none.
    """

    settings: Settings
    folder: RunFolder
    outcomes: OutcomeFiles
    supernet: Job | None

    def make(self, candidate: Candidate, until: int | None) -> Job:
        """The job of a trial that pauses after so many epochs, or goes on to its end.

        Raises:
            DataError: it goes on from the weights of a trial, and these are not there any more.
        """
        job = self._plan(candidate, until)
        check_start(job, candidate.number)
        return job

    def _plan(self, candidate: Candidate, until: int | None) -> Job:
        settings, split = self.settings, self.settings.split
        recipe = settings.trainer
        if split.delivers and self.supernet is not None:
            # The whole rate in a chain, whose trainings are long ones: our choice.
            recipe = stretch_recipe(recipe, split.trial, 1.0 if settings.sampler.chained else INHERITED_LR)
        job = Job(
            label=f"trial {candidate.number}",
            pattern=candidate.pattern,
            data=settings.data,
            network=settings.network,
            recipe=recipe,
            seed=derive_seed(settings.run.seed, 0),
            threads=count_trial_threads(settings),
            outcome=self.outcomes.file(candidate.number, until),
            weights=self.folder.weights(candidate.number).absolute(),
            probe=settings.sampler.probe,
            until=until,
            checkpoint=self.outcomes.checkpoint(candidate.number),
            aims=list_measured(settings.objectives, settings.data.selected),
            first=self.outcomes.first,
        )
        return replace(job, inherits=self._find_start(job, candidate.follows)) if split.delivers else job

    def _find_start(self, job: Job, follows: int | None) -> Inherited | None:
        """The supernet's weights, with what the trials have made of them that this one follows, one after the other."""
        if self.supernet is None:
            return None
        inherits = inherit_from(self.supernet)
        for trial in self.list_before(follows):
            earlier = replace(job, pattern=trial.pattern, inherits=inherits, until=None)
            inherits = inherits.follow(self.folder.weights(trial.number).absolute(), earlier.training)
        return inherits

    def list_before(self, follows: int | None) -> list[Trial]:
        """The trials of a chain up to the one of this number, oldest first.

        Raises:
            DataError: the file of one is missing or damaged.
        """
        before: list[Trial] = []
        while follows is not None:
            before.append(load_trial(self.folder.trial(follows)))
            follows = before[-1].follows
        return before[::-1]

    def repeat(self, trial: Trial) -> Job:
        """The job of a trial that has ended, with its threads; what it started from need not be there."""
        job = self._plan(make_candidate(trial), None)
        return replace(job, threads=trial.threads or self.settings.runner.threads)  # older trials do not say theirs


def count_trial_threads(settings: Settings) -> int:
    """CPU threads of a trial: more in a chain, whose trainings come one after the other when all else has ended."""
    runner = settings.runner
    return runner.threads_alone if settings.split.delivers and settings.sampler.chained else runner.threads


def check_start(job: Job, number: int) -> None:
    """Refuse a trial's job that goes on from trials whose weights are not whole; a supernet's can be trained again.

    Raises:
        DataError: likewise.
    """
    for file, _ in job.inherits.since if job.inherits else ():
        if not file.exists():
            raise DataError(_explain_start(number, file, "is not there any more"))
        if not is_whole(file):
            raise DataError(_explain_start(number, file, "was damaged from outside"))


def _explain_start(number: int, file: Path, what: str) -> str:
    """With the way out: the front's copy, or the same training once more."""
    run, before = file.parent.parent, int(file.stem)
    copies = [copy for copy in sorted(run.glob(f"front/{before}-*/weights.pt")) if is_whole(copy)]
    remove = f"remove it and, in Python, {_TRAIN}" if file.exists() else f"in Python, {_TRAIN}"
    mend = f"{copies[0]} is a copy: put it there" if copies else remove.format(run=run, number=before)
    return f"trial {number} went on from the weights of an earlier trial, and {file} {what}; {mend}"


def make_candidate(trial: Trial) -> Candidate:
    """What a trial that has ended was asked for as."""
    cost = Cost(trial.macs, trial.params, trial.fixed)
    return Candidate(trial.number, dict(trial.choices), trial.pattern, cost, trial.retry_of, trial.follows)


def inherit_from(job: Job) -> Inherited:
    """The weights that a job leaves."""
    assert job.weights is not None
    return Inherited(job.weights, job.fingerprint)
