"""The end of a search: which final trainings are to be done, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from search.config.settings import Settings
from search.jobs.job import Job, Outcome
from search.jobs.members import Inherited
from search.jobs.outcome_files import make_folder, read_outcome
from search.jobs.trial import Trial
from search.problem.problem import Problem
from search.study.fronts.final_trainings import (
    FINALS,
    choose_members,
    find_final,
    make_final,
    plan_final,
    save_final,
)
from search.study.study import Candidate
from search.study.trial_jobs import make_candidate

RETRIES = 1  # times a failed one is tried again


class FinalPhase:
    """The final trainings of one search.

    Args:
        settings: of the search.
        folder: of the run.

    Attributes:
        finals: that have ended, by number of their trials.
        begun: whether they were planned.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings, self._folder = settings, folder
        self._members: dict[Job, Trial] = {}
        self._failures: dict[Job, int] = {}
        self.finals: dict[int, Trial] = {}
        self.begun = not settings.split.members

    def begin(
        self, problem: Problem, trials: Sequence[Trial], make: Callable[[Trial], Job], supernet: Inherited | None
    ) -> list[tuple[Job, Outcome | None]]:
        """Plan them; the jobs that are left, each with its outcome where an earlier start was not told of it.

        Args:
            problem: of the search.
            trials: all that have ended.
            make: the job of a trial.
            supernet: weights of the whole space, or None.

        Raises:
            DataError: the weights that they are to start from are not there, or a file is damaged.
        """
        self.begun = True
        make_folder(self._folder / FINALS)
        members = choose_members(trials, problem.objectives, problem.point or (), self._settings.split.members)
        left: list[tuple[Job, Outcome | None]] = []
        for trial in members:
            job = plan_final(self._settings, self._folder, trial, make(trial), supernet)
            if final := find_final(self._folder, job, trial.number):
                self.finals[trial.number] = final
                continue
            self._members[job] = trial
            left.append((job, read_outcome(job)))
        return left

    def owns(self, job: Job) -> bool:
        """Whether it is one of them."""
        return job in self._members

    def done(self, job: Job, outcome: Outcome, measure: Callable[[Candidate, Job, Outcome], Trial]) -> Trial | None:
        """Take an outcome; the final training as a trial, or None where the job is to be tried again.

        Args:
            job: that has ended.
            outcome: of it.
            measure: relates it to the single-task networks.
        """
        trial = self._members[job]
        if not outcome.complete:
            self._failures[job] = self._failures.get(job, 0) + 1
            job.outcome.unlink(missing_ok=True)
            if self._failures[job] <= RETRIES:
                return None
        final = make_final(trial, measure(make_candidate(trial), job, outcome), outcome)
        save_final(self._folder, job, final)
        job.outcome.unlink(missing_ok=True)
        self.finals[trial.number] = final
        return final
