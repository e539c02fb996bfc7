"""The contract of a callback: what it hears of a search, event by event."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from search.jobs.job import Job, Outcome
from search.jobs.trial import Trial
from search.problem.problem import Problem
from search.study.fronts.final_files import Final


class Callback(Protocol):
    """Hears what happens in a search, each thing once and after it is safe."""

    def resumed(self, trials: Sequence[Trial], finals: Sequence[Final]) -> None:
        """Trials and final trainings that earlier starts finished, by number; called once, also with none."""

    def baseline(self, job: Job, outcome: Outcome) -> None:
        """A single-task network is trained, was found in the cache, or failed."""

    def supernet(self, job: Job, outcome: Outcome) -> None:
        """The supernet is trained, was found in the cache, or failed."""

    def estimated(self, problem: Problem) -> None:
        """The problem has a supernet's estimates of its patterns; called again where these are read again."""

    def paused(self, trial: Trial) -> None:
        """A trial pauses at a rung, with what it shows there."""

    def trial(self, trial: Trial) -> None:
        """A trial has ended."""

    def final(self, final: Final) -> None:
        """A network was trained to the end."""

    def waiting(self) -> None:
        """Time has passed, and nothing is to start for now; called often."""

    def running(self, jobs: Collection[Job]) -> None:
        """These jobs are handed out and not answered."""
