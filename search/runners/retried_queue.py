"""A queue of jobs whose lost ones are handed out again, without the queue hearing of it.

For whoever has jobs one that was lost still runs, until it ends with an outcome or is given up as `RetryPolicy` has it.
"""

from __future__ import annotations

from collections import deque

from search.jobs.heartbeat import forget_beat
from search.jobs.job import Job, Outcome
from search.runners.retry_policy import RetryPolicy, Verdict
from search.runners.runner import JobQueue


class RetriedQueue:
    """What a runner that may lose jobs takes them from.

    Args:
        queue: whoever has them.

    Attributes:
        running: jobs handed out, or lost and waiting, that have not been answered.
    """

    def __init__(self, queue: JobQueue) -> None:
        self._queue, self._policy = queue, RetryPolicy()
        self._again: deque[Job] = deque()
        self._alone: set[Job] = set()  # that wait for their turn alone, or have it
        self._out: set[Job] = set()
        self._beside: set[Job] = set()  # of those, who had company
        self.running = queue.running

    @property
    def stopped(self) -> bool:
        """See `JobQueue.stopped`."""
        return self._queue.stopped

    def next(self) -> Job | None:
        """Who may have run out of memory starts when all others have ended, and nobody starts beside it."""
        if self.stopped:
            self.running.difference_update(self._again)  # they stay unfinished
            self._again.clear()
            return None
        if self._alone and self._out:
            return None
        job = self._again.popleft() if self._again else self._queue.next()
        if job is not None:
            forget_beat(job)
            self._out.add(job)
            if len(self._out) > 1:
                self._beside |= self._out
        return job

    def look(self) -> None:
        """See `JobQueue.look`."""
        self._queue.look()

    def done(self, job: Job, outcome: Outcome) -> None:
        """Hand an outcome on, unless memory ran out and it is to be tried again."""
        beside = self._leave(job)
        if outcome.starved:
            self._settle(job, self._policy.judge_starved(job, outcome, beside=beside))
        else:
            self._end(job, outcome)

    def return_lost(self, job: Job, why: str) -> None:
        """A job was lost with its worker, or before any had begun it; why, or ""."""
        self._leave(job)
        self._settle(job, self._policy.judge_loss(job, why))

    def answer_from_cache(self, device: str) -> None:
        """See `JobQueue.answer_from_cache`."""
        self._queue.answer_from_cache(device)

    def _leave(self, job: Job) -> bool:
        """A job runs no more; whether others have run beside it."""
        beside = job in self._beside
        self._out.discard(job)
        self._beside.discard(job)
        return beside

    def _settle(self, job: Job, verdict: Verdict) -> None:
        if verdict.failure is not None:
            self._end(job, verdict.failure)
            return
        if verdict.alone:
            self._alone.add(job)
            self._again.append(job)
        else:
            self._again.appendleft(job)

    def _end(self, job: Job, outcome: Outcome) -> None:
        self._alone.discard(job)
        self._queue.done(job, outcome)
