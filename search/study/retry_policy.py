"""The retry policy: how often a job whose worker was lost is handed out again, and how it ends after that."""

from __future__ import annotations

from search.jobs.job import Job, Outcome

RESTARTS = 3
"""Times that a job which no worker has begun, or which goes on from its checkpoint, is handed out again: our choice."""


class RetryPolicy:
    """Counts the losses of each job of a queue."""

    def __init__(self) -> None:
        self._lost: dict[Job, int] = {}

    def count_loss(self, job: Job, why: str) -> Outcome | None:
        """A job's worker was lost.

        Args:
            job: that has no outcome.
            why: it was lost, or "" where that is not known.

        Returns:
            None where the job is to be handed out again; else the failure that it ends with.
        """
        self._lost[job] = self._lost.get(job, 0) + 1
        if self._lost[job] <= RESTARTS:
            return None
        begun = job.checkpoint is not None and job.checkpoint.exists()
        return Outcome(
            reason=_explain(why, begun=begun), fault=not begun
        )  # where none was begun, no pattern is at fault


def _explain(why: str, *, begun: bool) -> str:
    what = "its worker was lost" if begun else "no worker could be started for it"
    told = f"{what}, {RESTARTS + 1} times in a row" + (f" ({why})" if why else "")
    return f"{told}; every node wants the same packages, PYTHONPATH and files" if why and not begun else told
