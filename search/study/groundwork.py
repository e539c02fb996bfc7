"""What the trials of a search rest on: the single-task networks, and the supernet where the sampler wants one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path

from search.config.settings import Settings
from search.jobs.job import Job, Outcome
from search.jobs.members import Inherited
from search.jobs.outcome_files import make_folder
from search.problem.estimates import relate_estimates
from search.problem.problem import Problem
from search.study.baselines import BaselineTrainings
from search.study.callback import Callback
from search.study.supernet_training import KEPT, SUPERNETS, SupernetTraining
from search.study.trial_jobs import inherit_from
from spaces.pattern.sharing_pattern import SharingPattern


class Groundwork:
    """Trainings that come before trials, and what they amount to.

    Args:
        settings: of the search.
        folder: of the run, which keeps what it rests on.
        threads: CPU threads a training may use.
        callback: hears of them.

    Attributes:
        stopped: why there will be no trials; empty while there may be.
    """

    def __init__(self, settings: Settings, folder: Path, threads: int, callback: Callback) -> None:
        self._settings, self._callback = settings, callback
        self._baselines = BaselineTrainings(settings, folder / "baselines.json", threads)
        self._supernet = SupernetTraining(settings, folder / KEPT, threads)
        self.stopped = ""

    @property
    def supernet(self) -> Job | None:
        """Its job, where the search has one."""
        return self._supernet.job

    @property
    def inherited(self) -> Inherited | None:
        """Its weights, there or not; what starts from them waits, see `ready_for`."""
        return inherit_from(self._supernet.job) if self._supernet.job else None

    @property
    def outcomes(self) -> dict[Job, Outcome]:
        """Of the single-task networks."""
        return self._baselines.outcomes

    @property
    def reference(self) -> dict[str, float]:
        """Mean headline metric of the single-task networks by task; empty until all are there."""
        return self._baselines.reference

    @property
    def whole(self) -> dict[str, float]:
        """Mean of every metric, by "<task>.<metric>"; empty until then."""
        return self._baselines.whole

    def resume(self, *, trials_left: bool) -> list[Job]:
        """Take up what earlier starts left; the jobs that are missing, the longest first."""
        for cache in ("baselines", SUPERNETS):
            make_folder(self._settings.run.folder / cache)
        jobs = self._baselines.resume()
        self.stopped = self._baselines.stopped
        return [self._supernet.job, *jobs] if self._supernet.job and trials_left else jobs

    def find_cached(self, device: str, waiting: Collection[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Those that wait and that an earlier search trained on this kind of device, "cpu" or "cuda".

        The supernet also where nothing waits for it, for the receipt of a finished search; where its weights are gone,
        as this run keeps it, unless trials are to start on them. What is damaged is removed, to be trained again.
        """
        job = self._supernet.job
        if job and self._supernet.missing:
            outcome = self._supernet.find_cached(device)
            if outcome is None:
                self._supernet.clear_damaged()
                outcome = None if job in waiting and self._settings.split.delivers else self._supernet.find_kept()
            if outcome:
                yield job, outcome
        for each, found in self._baselines.find_cached(device):
            if each in waiting:
                yield each, found

    def ready_for(self, job: Job) -> bool:
        """Whether what a job starts from is there; the supernet's weights are not before it is trained."""
        shared = self.inherited
        return not (self._supernet.missing and shared and job.inherits and job.inherits.training == shared.training)

    def list_missing(self, jobs: Iterable[Job]) -> list[Job]:
        """The supernet where one of the jobs starts from it and it is not there."""
        wanted = any(not self.ready_for(job) for job in jobs)
        return [self._supernet.job] if wanted and self._supernet.job else []

    def done(self, job: Job, outcome: Outcome) -> bool:
        """Take an outcome; whether the job is to be tried again."""
        if job == self._supernet.job:
            self._callback.supernet(job, outcome)
            again = self._supernet.done(outcome)
        else:
            self._callback.baseline(job, outcome)
            again = self._baselines.done(job, outcome)
        self.stopped = self._supernet.stopped or self._baselines.stopped
        return again

    def foretell(self, problem: Problem) -> Callable[[SharingPattern], Mapping[str, float]] | None:
        """What the supernet estimates of patterns; None while it or what it is related to is not there."""
        if self._supernet.outcome is None or not self.reference:
            return None
        estimates = self._supernet.read_estimates()
        return relate_estimates(estimates, problem, self._settings.data.selected, self.reference, self.whole)
