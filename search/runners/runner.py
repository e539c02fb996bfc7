"""What a runner does: take jobs from a queue, run them, hand the outcomes back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Protocol, runtime_checkable

from search.jobs.job import Job, Outcome


class JobQueue(Protocol):
    """Whoever has jobs: the trial queue of a search, or a fixed list of replicates."""

    running: set[Job]
    """Jobs handed out and not answered."""

    @property
    def stopped(self) -> bool:
        """Whether nothing more is to start, not even again."""

    def next(self) -> Job | None:
        """The next job to start; None when nothing is left to start, for now."""

    def look(self) -> None:
        """See to what is due by now; called often, while nothing is to start."""

    def done(self, job: Job, outcome: Outcome) -> None:
        """Take the outcome of a job."""

    def answer_from_cache(self, device: str) -> None:
        """Take what is known already from this kind of device, "cpu" or "cuda"."""


class Runner(Protocol):
    """A frozen configuration dataclass that runs jobs."""

    @property
    def threads(self) -> int:
        """CPU threads a job may use."""

    @property
    def threads_alone(self) -> int:
        """CPU threads of a job beside which the search runs no other, such as the next one of a chain."""

    @property
    def gpu_share(self) -> float:
        """GPUs that a job which runs on any takes, such as 0.25; by it GPU seconds are counted."""

    @property
    def elsewhere(self) -> bool:
        """Whether jobs may run on other machines than this one."""

    def places(self, cpus: int, gpus: int) -> tuple[float, int]:
        """GPUs that one training takes, and trainings at a time, on a single machine with so many CPUs and GPUs.

        Raises:
            ConfigError: not one training fits on it.
        """

    def run(self, queue: JobQueue, folder: Path, started: Callable[[int], None]) -> None:
        """Run until the queue has no next job and every job is answered.

        Args:
            queue: hands out jobs and takes outcomes.
            folder: the run folder; on storage that every node shares.
            started: called with the number of jobs that run at a time, at the start and whenever it becomes another.

        Raises:
            KeyboardInterrupt: the user stopped the run.
        """


@runtime_checkable
class SlowRunner(Protocol):
    """A runner that takes seconds until it can run anything; one of one's own may do without this."""

    def ready(self) -> AbstractContextManager[None]:
        """It can run in the block, in which a search builds what it runs; `run` tells where it cannot."""


def ready(runner: Runner) -> AbstractContextManager[None]:
    """A block in which a runner can run at once, whatever it takes to come there."""
    return runner.ready() if isinstance(runner, SlowRunner) else nullcontext()
