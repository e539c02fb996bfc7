"""The trial queue as runners see it: what is the machine's fault ends the search, and no trial with it.

A trial whose outcome cannot be told stays unfinished, and is told from the job's own file when the search goes on.
Until then nothing is told to the study any more, for half a record may stand at its end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from search.jobs.job import Job, Outcome
from search.runners.runner import JobQueue
from spaces.common.interruption import answered_after
from spaces.common.machine_faults import find_machine_fault
from spaces.errors import UserError

T = TypeVar("T")


class Stoppable(JobQueue, Protocol):
    """A queue that can be told to hand out nothing more."""

    def stop(self, reason: str) -> None:
        """Start nothing more, for this reason."""


class GuardedQueue:
    """A queue of jobs that stops where the machine fails.

    Args:
        queue: of the search.
    """

    def __init__(self, queue: Stoppable) -> None:
        self._queue = queue
        self.running = queue.running
        self._torn = False

    @property
    def stopped(self) -> bool:
        """See `JobQueue.stopped`."""
        return self._torn or self._queue.stopped

    def next(self) -> Job | None:
        """See `JobQueue.next`."""
        return self._try(self._queue.next)

    def look(self) -> None:
        """See `JobQueue.look`."""
        self._try(self._queue.look)

    def done(self, job: Job, outcome: Outcome) -> None:
        """See `JobQueue.done`."""
        self._try(lambda: self._queue.done(job, outcome))
        self.running.discard(job)

    def answer_from_cache(self, device: str) -> None:
        """See `JobQueue.answer_from_cache`."""
        self._try(lambda: self._queue.answer_from_cache(device))

    def _try(self, do: Callable[[], T]) -> T | None:
        """What comes of it; nothing where the machine fails, or has failed."""
        if self._torn:
            return None
        try:
            with answered_after():  # the report that an interruption ends with needs all that is loaded here
                return do()
        except UserError:
            raise
        except Exception as error:
            fault = find_machine_fault(error)
            if not fault:
                raise
            self._torn = True
            self._queue.stop(fault)
            return None
