"""One job after the other in this process: for debugging, and for machines without Ray."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from search.jobs.job import find_device
from search.jobs.worker import run_job
from search.runners.retried_queue import RetriedQueue
from search.runners.runner import JobQueue
from spaces.fields import Fields


@dataclass(frozen=True)
class Inline:
    """Runs jobs in the driver.

    Args:
        cpus_per_trial: CPU threads a training uses.

    Raises:
        ConfigError: cpus_per_trial is not a whole number >= 1.
    """

    cpus_per_trial: int = 1
    group: ClassVar[str] = "runner"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.integer("cpus_per_trial", low=1)
        fields.done()

    @property
    def threads(self) -> int:
        """As many as CPUs a trial."""
        return self.cpus_per_trial

    @property
    def threads_alone(self) -> int:
        """The same: every job runs alone."""
        return self.cpus_per_trial

    @property
    def gpu_share(self) -> float:
        """A whole one."""
        return 1.0

    @property
    def elsewhere(self) -> bool:
        """Never."""
        return False

    def places(self, cpus: int, gpus: int) -> tuple[float, int]:
        """One training at a time, on the first GPU if there is one."""
        return float(gpus > 0), 1

    def run(self, queue: JobQueue, folder: Path, started: Callable[[int], None]) -> None:
        """Run the jobs in turn."""
        started(1)
        queue.answer_from_cache(find_device())
        retried = RetriedQueue(queue)
        while job := retried.next():
            retried.done(job, run_job(job))
