"""The single-task networks of one search: which are there, which are to be trained again, and what they amount to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from search import objectives
from search.atomic import read_json, write_json
from search.job import Job, Outcome, read_outcome
from search.single_task import baseline_jobs, reference, whole_reference
from spaces.errors import DataError

if TYPE_CHECKING:
    from search.settings import Settings

RETRIES = 1  # times a failed one is tried again


class Alone:
    """The baselines, from jobs to the reference of delta_mtl.

    Args:
        settings: of the search.
        kept: file of the run folder that holds those that it rests on.
        threads: CPU threads a training may use.

    Attributes:
        outcomes: of those that are there.
        reference: mean headline metric by task; empty until all are there.
        whole: mean of every metric, by "<task>.<metric>"; empty until then.
        stopped: why there will be no reference; empty while there may be.
    """

    def __init__(self, settings: Settings, kept: Path, threads: int) -> None:
        self._settings, self._kept = settings, kept
        self._jobs = baseline_jobs(settings, threads)
        self._failures: dict[Job, int] = {}
        self.outcomes: dict[Job, Outcome] = {}
        self.reference: dict[str, float] = {}
        self.whole: dict[str, float] = {}
        self.stopped = ""

    def resume(self) -> list[Job]:
        """Take those that this very run rests on, whatever became of the cache; the jobs that are left."""
        if self._kept.exists():
            stored = read_json(self._kept)
            self.outcomes = {j: Outcome(**stored[j.fingerprint]) for j in self._jobs if j.fingerprint in stored}
        if len(self.outcomes) < len(self._jobs):
            return list(self._jobs)
        self._settle()
        return []

    def cached(self, device: str) -> Iterator[tuple[Job, Outcome]]:
        """Those that an earlier search trained on this kind of device, "cpu" or "cuda"."""
        for job in self._jobs:
            outcome = read_outcome(job)
            if outcome and outcome.complete and outcome.device == device:
                yield job, outcome

    def done(self, job: Job, outcome: Outcome) -> bool:
        """Take an outcome; whether the job is to be tried again."""
        if not outcome.complete:
            tried = self._failures.get(job, 0) + 1
            self._failures[job] = tried
            job.outcome.unlink(missing_ok=True)
            if tried > RETRIES:
                self.stopped = (
                    f"the single-task network of {job.label} failed {tried} times, so delta_mtl has no "
                    f"reference: {outcome.reason}"
                )
            return tried <= RETRIES
        self.outcomes[job] = outcome
        if len(self.outcomes) == len(self._jobs):
            # Without the curves, which nobody reads again.
            rows = {each.fingerprint: asdict(replace(found, curves={})) for each, found in self.outcomes.items()}
            write_json(self._kept, rows)
            self._settle()
        return False

    def _settle(self) -> None:
        means = reference(self.outcomes, self._settings)
        try:
            objectives.check_reference(means, self._settings.data.selected)
        except DataError as error:
            self.stopped = str(error)
            return
        self.reference, self.whole = means, whole_reference(self.outcomes, self._settings)
