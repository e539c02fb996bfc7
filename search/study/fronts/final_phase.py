"""The end of a search: which final trainings are to be done, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from search.config.settings import Settings
from search.jobs.job import Job, Outcome
from search.jobs.members import Inherited
from search.jobs.outcome_files import make_folder, read_outcome
from search.jobs.trial import Trial
from search.problem.problem import Problem
from search.study.fronts.final_files import FINALS, Final, choose_ended, load_finals, save_final
from search.study.fronts.final_trainings import PlannedFinal, choose_members, plan_final
from search.study.study import Candidate
from search.study.trial_jobs import make_candidate
from spaces.errors import DataError
from spaces.networks.weights.content import digest_file

RETRIES = 1  # times a failed one is tried again


class FinalPhase:
    """The final trainings of one search.

    Args:
        settings: of the search.
        folder: of the run.

    Attributes:
        begun: whether they were planned.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings, self._folder = settings, folder
        self._planned: dict[Job, PlannedFinal] = {}
        self._failures: dict[Job, int] = {}
        self._kept: list[Final] = []
        self.begun = not settings.split.members

    def resume(self) -> list[Final]:
        """Those that earlier starts have ended.

        Raises:
            DataError: a file of one is damaged.
        """
        self._kept = load_finals(self._folder)
        for final in choose_ended(self._kept).values():
            final.check_weights()
        return list(self._kept)

    def plan(
        self, problem: Problem, trials: Sequence[Trial], make: Callable[[Trial], Job], supernet: Inherited | None
    ) -> list[PlannedFinal]:
        """Those that are left to be done; nothing is written.

        Args:
            problem: of the search.
            trials: all that have ended.
            make: the job of a trial.
            supernet: weights of the whole space, or None.

        Raises:
            DataError: the weights that they are to start from are not there, or one would be done for nothing.
        """
        ready, best = [final for final in self._kept if final.ready], choose_ended(self._kept)
        known = {(final.trial.number, final.training) for final in ready}
        members = choose_members(trials, problem.objectives, problem.point or (), self._settings.split.members)
        planned = [plan_final(self._settings, self._folder, each, make(each), supernet) for each in members]
        left = [each for each in planned if (each.trial.number, each.job.training) not in known]
        for each in left:
            _refuse_vain(each, best.get(each.trial.number), self._settings.split.final)
        return left

    def begin(
        self, problem: Problem, trials: Sequence[Trial], make: Callable[[Trial], Job], supernet: Inherited | None
    ) -> list[tuple[Job, Outcome | None]]:
        """Plan them; the jobs that are left, each with its outcome where an earlier start was not told of it.

        Arguments and errors are those of `plan`.
        """
        self.begun = True
        make_folder(self._folder / FINALS)
        self._planned = {each.job: each for each in self.plan(problem, trials, make, supernet)}
        return [(job, read_outcome(job)) for job in self._planned]

    def owns(self, job: Job) -> bool:
        """Whether it is one of them."""
        return job in self._planned

    def done(self, job: Job, outcome: Outcome, measure: Callable[[Candidate, Job, Outcome], Trial]) -> Final | None:
        """Take an outcome; what it came to, or None where the job is to be tried again.

        Args:
            job: that has ended.
            outcome: of it.
            measure: relates it to the single-task networks.
        """
        planned = self._planned[job]
        if not outcome.complete:
            self._failures[job] = self._failures.get(job, 0) + 1
            job.outcome.unlink(missing_ok=True)
            if self._failures[job] <= RETRIES:
                return None
        final = _make_final(planned, measure(make_candidate(planned.trial), job, outcome), outcome)
        save_final(self._folder, final)
        job.outcome.unlink(missing_ok=True)
        return final


def _refuse_vain(planned: PlannedFinal, best: Final | None, epochs: int) -> None:
    """Refuse a training that another has outdone before it begins."""
    total = planned.before + epochs
    if best is not None and best.total > total:
        own = f"{best.trial.epochs} epochs, {best.before} before these" if best.before else f"{best.total} epochs"
        raise DataError(
            f"final.epochs={epochs}: the network of trial {planned.trial.number} has been trained to the end already "
            f"({own}), and {total} in all would not count beside that; give at least {best.total - planned.before}, or "
            "leave final.epochs out"
        )


def _make_final(planned: PlannedFinal, measured: Trial, outcome: Outcome) -> Final:
    """A final training as a trial of the same number and pattern: values of the end, epochs of its own."""
    trial, weights = planned.trial, planned.job.weights
    assert weights is not None
    ended = replace(measured, number=trial.number, choices=trial.choices, epochs=outcome.epochs)
    digest = digest_file(weights) if ended.complete and weights.is_file() else ""
    return Final(ended, planned.job.training, weights, digest, planned.start, planned.before)
