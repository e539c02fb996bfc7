"""Tune's view of the queue: a searcher that suggests the next job.

Our own, because Tune's searcher for Optuna tells trials that were stopped early as complete, leaves a NaN running for
ever and knows neither constraints nor failures.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from ray.tune.experiment import Trial
from ray.tune.schedulers import FIFOScheduler
from ray.tune.search import Searcher

from search.jobs.job import Job, Outcome
from search.jobs.outcome_files import read_outcome
from search.runners.runner import JobQueue
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

    Attributes:
        ended: whether Tune was told that nothing is left; if not, something else has ended it.
    """

    def __init__(self, queue: JobQueue, failures: Failures) -> None:
        super().__init__()
        self._queue, self._failures = queue, failures
        self._jobs: dict[str, Job] = {}
        self.ended = False

    def suggest(self, trial_id: str) -> Any:
        """The next job as a trial's configuration; None to be asked again, FINISHED at the end."""
        tell_first()  # Tune has taken Ctrl-C for itself by now
        job = self._queue.next()
        if job is None:
            # A baseline that fails is tried again, so the end is only known when nothing runs.
            self.ended = not self._jobs
            return Searcher.FINISHED if self.ended else None
        self._jobs[trial_id] = job
        return {"job": job, "folder": os.getcwd(), "allowed": list_allowed()}

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        """Hand the outcome to the queue."""
        job = self._jobs.pop(trial_id)
        why = self._failures.why.pop(trial_id, "")
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
    """The outcome of a Tune trial: what it reported, else what it left in its file, else that its worker was lost.

    None where it is to be handed out again: a checkpoint is there to go on from, or no worker has begun it, for Tune
    may take back an actor that is still starting when another one is free.
    """
    if result and "outcome" in result:
        return Outcome(**json.loads(result["outcome"]))
    lost = "the worker was lost: it ran out of memory, was killed, or its node went away"
    found = read_outcome(job)
    if found or not job.begun.exists():
        return found
    job.begun.unlink()
    if job.checkpoint and job.checkpoint.exists():
        return None  # it goes on from there
    return Outcome(reason=lost)
