"""Tune's view of the queue: a searcher that suggests the next job.

Our own, because Tune's searcher for Optuna tells trials that were stopped early as complete, leaves a NaN running for
ever and knows neither constraints nor failures.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ray.tune.experiment import Trial
from ray.tune.schedulers import FIFOScheduler
from ray.tune.search import Searcher

from search.jobs.job import Job, Outcome
from search.jobs.outcome_files import read_outcome
from search.runners.retried_queue import RetriedQueue
from search.runners.retry_policy import DEAD, TIMEOUT
from spaces.common.interruption import tell_first
from spaces.common.permissions import list_allowed


class Failures(FIFOScheduler):
    """The default scheduler, which notes why trials fail: Tune tells its schedulers, and tells them before searchers.

    Attributes:
        why: by Tune's id of the trial, the last line of the error.
    """

    def __init__(self) -> None:
        super().__init__()
        self.why: dict[str, str] = {}

    def on_trial_error(self, tune_controller: Any, trial: Trial) -> None:
        """Tune appends the errors of a trial to a file."""
        lines: list[str] = []
        with suppress(OSError):  # on a full disk there is none
            lines = Path(trial.error_file).read_text("utf-8", "replace").split("\n") if trial.error_file else []
        self.why[trial.trial_id] = next((line.strip() for line in reversed(lines) if line.strip()), "")


class QueueSearcher(Searcher):
    """Suggests jobs and hands their outcomes back.

    Args:
        queue: of the search.
        failures: knows why Tune's trials failed.
        holds: whether the cluster has room for one more beside a number of them.
        timeout: seconds that a job may take; None for no limit.

    Attributes:
        ended: whether Tune was told that nothing is left; if not, something else has ended it.
    """

    def __init__(
        self, queue: RetriedQueue, failures: Failures, holds: Callable[[int], bool], timeout: float | None = None
    ) -> None:
        super().__init__()
        self._queue, self._failures, self._holds, self._timeout = queue, failures, holds, timeout
        self._jobs: dict[str, Job] = {}
        self._started: dict[str, float] = {}
        self.ended = False

    def suggest(self, trial_id: str) -> Any:
        """The next job as a trial's configuration; None to be asked again, FINISHED at the end."""
        tell_first()  # Tune has taken Ctrl-C for itself by now
        room = self._queue.stopped or self._holds(len(self._jobs))
        job = self._queue.next() if room else None
        if job is None:
            if self._jobs:  # at the end a report is written anyway
                self._queue.look()
            if not room:
                return None
            # A baseline that fails is tried again, so the end is only known when nothing runs.
            self.ended = not self._jobs
            return Searcher.FINISHED if self.ended else None
        self._jobs[trial_id], self._started[trial_id] = job, time.monotonic()
        return {"job": job, "folder": os.getcwd(), "allowed": list_allowed(), "timeout": self._timeout}

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        """Hand the outcome to the queue."""
        job = self._jobs.pop(trial_id)
        why = self._failures.why.pop(trial_id, "")
        seconds = time.monotonic() - self._started.pop(trial_id)
        # A worker that could not be started says why; one that took too long just died.
        ended = job.begun.exists() or not why or bool(DEAD.search(why))
        if self._timeout is not None and seconds >= self._timeout and ended:
            why = f"it took longer than {TIMEOUT}={self._timeout:g} seconds"
        outcome = read_tune_outcome(job, None if error else result)
        if outcome:
            self._queue.done(job, outcome)
        else:
            self._queue.return_lost(job, why)

    def __getstate__(self) -> dict[str, Any]:
        """Nothing of the queue: Tune pickles its searcher for a restore that never happens."""
        return {}

    def save(self, checkpoint_path: str) -> None:
        """Nothing: the run folder is the truth."""

    def restore(self, checkpoint_path: str) -> None:
        """Nothing: resuming starts a new Tune run."""


def read_tune_outcome(job: Job, result: dict[str, Any] | None) -> Outcome | None:
    """The outcome of a Tune trial: what it reported, else what it left in its file; None where its worker was lost.

    A worker that never was counts as well: Tune may take back an actor that is still starting when another one is free.
    """
    if result and "outcome" in result:
        return Outcome(**json.loads(result["outcome"]))
    return read_outcome(job)
