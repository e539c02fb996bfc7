"""What a runner does: take jobs from an agenda, or from whoever has some, run them, hand the outcomes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from search.jobs.job import Job, Outcome

RESTARTS = 3
"""Times that a job which no worker has begun is handed out again: our choice."""


def explain_lost_worker(why: str, *, begun: bool) -> str:
    """The reason of a job that was handed out as often as may be, begun or not; why it ended each time, or ""."""
    what = "its worker was lost" if begun else "no worker could be started for it"
    told = f"{what}, {RESTARTS + 1} times in a row" + (f" ({why})" if why else "")
    return f"{told}; every node wants the same packages, PYTHONPATH and files" if why and not begun else told


class Work(Protocol):
    """Whoever has jobs: the agenda of a search, or a roster of replicates."""

    running: set[Job]
    """Jobs handed out and not answered."""

    def next(self) -> Job | None:
        """The next job to start; None when nothing is left to start, for now."""

    def done(self, job: Job, outcome: Outcome) -> None:
        """Take the outcome of a job."""

    def never_ran(self, job: Job, why: str) -> None:
        """A job was lost before it began; why, if it is known, or ""."""

    def answer_from_cache(self, device: str) -> None:
        """Take what is known already from this kind of device, "cpu" or "cuda"."""


class Runner(Protocol):
    """A frozen configuration dataclass that runs jobs."""

    @property
    def threads(self) -> int:
        """CPU threads a job may use."""

    @property
    def elsewhere(self) -> bool:
        """Whether jobs may run on other machines than this one."""

    def places(self, cpus: int, gpus: int) -> tuple[float, int]:
        """GPUs that one training takes, and trainings at a time, on a single machine with so many CPUs and GPUs.

        Raises:
            ConfigError: not one training fits on it.
        """

    def run(self, agenda: Work, folder: Path, started: Callable[[int], None]) -> None:
        """Run until the agenda has no next job and every job is answered.

        Args:
            agenda: hands out jobs and takes outcomes.
            folder: the run folder; on storage that every node shares.
            started: called once with the number of jobs that run at a time.

        Raises:
            KeyboardInterrupt: the user stopped the run.
        """
