"""What is trained next, and what becomes of the outcome: baselines first, then what an interruption left, then trials.

A runner takes jobs from here and hands outcomes back, in any order; everything that lasts is written before the runner
hears of it. Trials that end before the last baseline are held until there is something to relate them to.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from search import objectives
from search.atomic import read_json, write_json
from search.finished import finished
from search.job import Job, Outcome, read_outcome
from search.samplers.sampler import Done, Wait
from search.single_task import baseline_jobs, reference, training_seed
from search.study import Candidate, Study
from search.trial import Trial, load, save
from spaces.errors import DataError, UserError

if TYPE_CHECKING:
    from search.folder import RunFolder
    from search.settings import Settings

HOPELESS = 5  # failures in a row, with no success before them, that end a search: our choice
RETRIES = 1  # times a failed baseline is tried again
RESTARTS = 3  # times a job that no worker has begun is handed out again: our choice


class Listener(Protocol):
    """Hears what happens in a search, each thing once and after it is safe."""

    def resumed(self, trials: Sequence[Trial]) -> None:
        """Trials that earlier starts of the search finished, by number; called once, also with none."""

    def baseline(self, job: Job, outcome: Outcome) -> None:
        """A single-task network is trained, was found in the cache, or failed."""

    def trial(self, trial: Trial) -> None:
        """A trial has ended."""

    def running(self, jobs: int) -> None:
        """So many jobs are handed out and not answered."""


class Agenda:
    """The jobs of one search.

    Args:
        settings: of the search.
        folder: where its trials are kept.
        study: proposes patterns and remembers trials.
        threads: CPU threads a training may use.
        listener: hears what happens.

    Attributes:
        trials: finished trials, told to the study, by number.
        baselines: outcomes of the single-task networks.
        running: jobs handed out and not answered.
        stopped: why the search cannot go on; empty while it can.
        stuck: whether the same command cannot go on either, for what is there decides that.
        finished: why nothing is left to train before the budget is spent; empty while something is.
    """

    def __init__(
        self,
        settings: Settings,
        folder: RunFolder,
        study: Study,
        threads: int,
        listener: Listener,
    ) -> None:
        self._settings, self._folder, self._study, self._threads = settings, folder, study, threads
        self._listener = listener
        self._reference: dict[str, float] = {}
        self._candidates: dict[Job, Candidate] = {}
        self._held: list[tuple[Job, Outcome]] = []
        self._waiting: deque[Job] = deque()
        self._retries: dict[Job, int] = {}
        self._lost: dict[Job, int] = {}
        self.trials: dict[int, Trial] = {}
        self.baselines: dict[Job, Outcome] = {}
        self.running: set[Job] = set()
        self.stopped = ""
        self.stuck = False
        self.finished = ""
        self._waited_at = -1  # trials that were known when the sampler wanted to know more
        self._jobs = baseline_jobs(settings, threads)

    def resume(self) -> None:
        """Take up what earlier starts left: baselines, finished trials, outcomes nobody was told of.

        Raises:
            DataError: files of the run folder are damaged, or do not belong together; nothing is touched.
        """
        self._make_folders()
        interrupted = self._study.running()
        earlier = self._earlier({candidate.number for candidate in interrupted})
        self.trials = {trial.number: trial for trial in earlier}
        for number in self.trials:  # a worker that outlives its driver may end after its trial was told
            self._outcome(number).unlink(missing_ok=True)
        self._listener.resumed(earlier)
        self.baselines = self._stored_baselines()
        if len(self.baselines) == len(self._jobs):
            self._settle_reference()
        else:
            self._waiting.extend(self._jobs)
        for candidate in interrupted:
            job = self._job(candidate)
            outcome = read_outcome(job)
            if outcome:
                self.done(job, outcome)
            else:
                self._waiting.append(job)

    def answer_from_cache(self, device: str) -> None:
        """Take the baselines that an earlier search trained on this kind of device, "cpu" or "cuda"."""
        for job in self._jobs:
            outcome = read_outcome(job) if job in self._waiting else None
            if outcome and outcome.complete and outcome.device == device:
                self._waiting.remove(job)
                self.done(job, outcome)

    def never_ran(self, job: Job) -> None:
        """A job was lost before it began, which is nobody's failure: it is handed out again, some times."""
        self._lost[job] = self._lost.get(job, 0) + 1
        if self._lost[job] > RESTARTS:
            self.done(job, Outcome(reason=f"no worker could be started for it, {RESTARTS + 1} times in a row"))
            return
        self.running.discard(job)
        self._waiting.appendleft(job)

    def next(self) -> Job | None:
        """The next job to start; None when nothing is left to start."""
        if self.stopped:
            return None
        if not self._waiting and not self.finished and len(self._study) < self._settings.trials:
            self._ask()
        if not self._waiting:
            return None
        job = self._waiting.popleft()
        self.running.add(job)
        self._listener.running(len(self.running))
        return job

    def _ask(self) -> None:
        """Have the study name the next pattern; a runner asks often, so not twice on the same knowledge."""
        if self._waited_at == len(self.trials):
            return
        try:
            answer = self._study.ask()
        except UserError as error:
            self.stopped, self.stuck = "; ".join(error.problems), True
            return
        if isinstance(answer, Done):
            self.finished = answer.reason
        elif isinstance(answer, Wait):
            self._waited_at = len(self.trials)
        else:
            self._waiting.append(self._job(answer))

    def done(self, job: Job, outcome: Outcome) -> None:
        """Take the outcome of a job."""
        self.running.discard(job)
        self._listener.running(len(self.running))
        if job not in self._candidates:
            self._baseline_done(job, outcome)
        elif self._reference:
            self._tell(job, outcome)
        else:
            self._held.append((job, outcome))

    @property
    def reference(self) -> dict[str, float]:
        """Mean headline metric of the single-task networks by task; empty until all are there."""
        return dict(self._reference)

    @property
    def _outcomes(self) -> Path:
        return self._folder.path.absolute() / ".outcomes"  # workers may run in another folder

    @property
    def _reference_file(self) -> Path:
        return self._folder.path / "baselines.json"

    def _outcome(self, number: int) -> Path:
        return self._outcomes / f"{number:04d}.json"

    def _file(self, number: int) -> Path:
        return self._folder.trials / f"{number:04d}.json"

    def _job(self, candidate: Candidate) -> Job:
        settings = self._settings
        job = Job(
            label=f"trial {candidate.number}",
            pattern=candidate.pattern,
            data=settings.data,
            network=settings.network,
            recipe=settings.trainer,
            seed=training_seed(settings.run.seed, 0),
            threads=self._threads,
            outcome=self._outcome(candidate.number),
            weights=self._folder.trials.absolute() / f"{candidate.number:04d}.pt",
            probe=settings.sampler.probe,
        )
        self._candidates[job] = candidate
        return job

    def _make_folders(self) -> None:
        for folder in (self._settings.run.folder / "baselines", self._outcomes):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise DataError(
                    f"{folder} cannot be made ({error.strerror}): move away what is there, or choose another run.folder"
                ) from error
        for left in self._outcomes.glob("*.begun"):  # by workers that were killed
            left.unlink(missing_ok=True)

    def _earlier(self, unfinished: set[int]) -> list[Trial]:
        """The trials that the study holds as finished, from their files."""
        count = len(self._study)
        beyond = [path for path in sorted(self._folder.trials.glob("[0-9]*.json")) if int(path.stem) >= count]
        if beyond:
            raise DataError(
                f"{self._folder.journal} knows {count} trials, but {beyond[0]} is there: the journal was lost or is an "
                "older copy; restore it, or start anew with run.name=NAME (baselines are not trained again)"
            )
        return [load(self._file(number)) for number in range(count) if number not in unfinished]

    def _stored_baselines(self) -> dict[Job, Outcome]:
        """The single-task networks that this very run rests on, whatever became of the cache."""
        if not self._reference_file.exists():
            return {}
        stored = read_json(self._reference_file)
        return {job: Outcome(**stored[job.fingerprint]) for job in self._jobs if job.fingerprint in stored}

    def _baseline_done(self, job: Job, outcome: Outcome) -> None:
        self._listener.baseline(job, outcome)
        if not outcome.complete:
            tried = self._retries.get(job, 0)
            self._retries[job] = tried + 1
            job.outcome.unlink(missing_ok=True)
            if tried < RETRIES:
                self._waiting.appendleft(job)
            else:
                self.stopped = (
                    f"the single-task network of {job.label} failed {tried + 1} times, so delta_mtl has no "
                    f"reference: {outcome.reason}"
                )
            return
        self.baselines[job] = outcome
        if len(self.baselines) == len(self._jobs):
            # Without the curves, which nobody reads again.
            rows = {job.fingerprint: asdict(replace(each, curves={})) for job, each in self.baselines.items()}
            write_json(self._reference_file, rows)
            self._settle_reference()

    def _settle_reference(self) -> None:
        means = reference(self.baselines, self._settings)
        try:
            objectives.check_reference(means, self._settings.data.selected)
        except DataError as error:
            self.stopped = str(error)
            return
        self._reference = means
        held, self._held = self._held, []
        for job, outcome in held:
            self._tell(job, outcome)

    def _tell(self, job: Job, outcome: Outcome) -> None:
        """File first, then study, then everybody else: a crash in between loses nothing and doubles nothing."""
        tasks, wanted = self._settings.data.selected, self._study.problem.objectives
        trial = finished(self._candidates[job], job, outcome, self._reference, tasks, wanted, self._settings.limits)
        save(self._file(trial.number), trial)
        self._study.tell(trial)
        job.outcome.unlink(missing_ok=True)
        self._keep(trial)

    def _keep(self, trial: Trial) -> None:
        self.trials[trial.number] = trial
        self._listener.trial(trial)
        failed = [t for t in self.trials.values() if not t.complete]
        if len(failed) >= HOPELESS and len(failed) == len(self.trials):
            self.stopped = f"the first {len(failed)} trials all failed, the last one because: {trial.reason}"
