"""What is trained next, and what becomes of the outcome: baselines first, then what an interruption left, then trials.

A runner takes jobs from here and hands outcomes back, in any order; everything that lasts is written before the runner
hears of it. Trials that end before the last baseline are held until there is something to relate them to. A trial is
one job, or one from rung to rung; those that paused and will not go on are given up at the end.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from search.config.sections import Limits
from search.jobs.job import Job, Outcome
from search.jobs.outcome_files import OutcomeFiles, make_folder, read_outcome
from search.runners.runner import RESTARTS, explain_lost_worker
from search.samplers.sampler import Done, Wait
from search.study.baselines import BaselineTrainings, derive_seed
from search.study.callback import Callback
from search.study.rungs import Rungs
from search.study.study import Candidate, Study
from search.study.trial import PRUNED, Trial, load_trial, save_trial
from search.study.trial_result import make_trial
from spaces.errors import DataError, UserError

if TYPE_CHECKING:
    from search.config.settings import Settings
    from search.study.run_folder import RunFolder

HOPELESS = 5  # failures in a row, with no success before them, that end a search: our choice


class TrialQueue:
    """The jobs of one search.

    Args:
        settings: of the search.
        folder: where its trials are kept.
        study: proposes patterns and remembers trials.
        threads: CPU threads a training may use.
        listener: hears what happens.

    Attributes:
        trials: finished trials, told to the study, by number.
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
        listener: Callback,
    ) -> None:
        self._settings, self._folder, self._study, self._threads = settings, folder, study, threads
        self._listener = listener
        self._alone = BaselineTrainings(settings, folder.path / "baselines.json", threads)
        self._outcomes = OutcomeFiles(folder.path.absolute() / ".outcomes")
        self._ladder = Rungs(settings.scheduler, settings.trainer.epochs, study.problem.objectives)
        self._by_number: dict[int, Candidate] = {}
        self._shown: dict[int, Trial] = {}  # of paused trials
        self._candidates: dict[Job, Candidate] = {}
        self._held: list[tuple[Job, Outcome]] = []
        self._waiting: deque[Job] = deque()
        self._lost: dict[Job, int] = {}
        self.trials: dict[int, Trial] = {}
        self.running: set[Job] = set()
        self.stopped = ""
        self.stuck = False
        self.finished = ""
        self._waited_at = -1  # trials that were known when the sampler wanted to know more

    def resume(self) -> None:
        """Take up what earlier starts left: baselines, finished trials, outcomes nobody was told of.

        Raises:
            DataError: files of the run folder are damaged, or do not belong together; nothing is touched.
        """
        make_folder(self._settings.run.folder / "baselines")
        self._outcomes.make()
        interrupted = self._study.running()
        earlier = self._earlier({candidate.number for candidate in interrupted})
        self.trials = {trial.number: trial for trial in earlier}
        for number in self.trials:  # a worker that outlives its driver may end after its trial was told
            self._outcomes.clear(number)
        self._listener.resumed(earlier)
        self._waiting.extend(self._alone.resume())
        self.stopped = self._alone.stopped
        for trial in earlier:
            for epochs, values in trial.rungs.items():
                self._ladder.reached(trial.number, int(epochs), values)
            self._ladder.ended(trial.number)
        for candidate in interrupted:
            self._take_up(candidate)

    def _take_up(self, candidate: Candidate) -> None:
        """A trial that was interrupted: leg by leg what workers left of it, then the job that is missing, if any."""
        job = self._job(candidate)
        if outcome := read_outcome(job):
            self._ladder.climb(candidate.number)
            self.done(job, outcome)
            if job.until and candidate.number in self._ladder.paused:
                self._take_up(candidate)
        elif candidate.number not in self._ladder.paused:
            self._start(job)

    def answer_from_cache(self, device: str) -> None:
        """Take the baselines that an earlier search trained on this kind of device, "cpu" or "cuda"."""
        for job, outcome in self._alone.cached(device):
            if job in self._waiting:
                self._waiting.remove(job)
                self.done(job, outcome)

    def never_ran(self, job: Job, why: str) -> None:
        """A job was lost before it began, or goes on from its checkpoint: it is handed out again, some times."""
        self._lost[job] = self._lost.get(job, 0) + 1
        if self._lost[job] > RESTARTS:
            begun = job.checkpoint is not None and job.checkpoint.exists()
            self.done(job, Outcome(reason=explain_lost_worker(why, begun=begun)))
            return
        self.running.discard(job)
        self._waiting.appendleft(job)

    def next(self) -> Job | None:
        """The next job to start; None when nothing is left to start."""
        if self.stopped:
            return None
        if not self._waiting:
            self._find()
        if not self._waiting:
            return None
        job = self._waiting.popleft()
        self.running.add(job)
        self._listener.running(len(self.running))
        return job

    def _find(self) -> None:
        """Look for a job: a trial that goes on, else a new one; give up who will not go on when there is neither."""
        if not self._climb() and not self._over:
            self._ask()
        if self._over and not self._waiting and not self._climb() and not self.running:
            for number in self._ladder.paused if not self.stopped else ():
                self._give_up(number)

    @property
    def _over(self) -> bool:
        """Whether no new trial will start."""
        return bool(self.finished) or len(self._study) >= self._settings.trials

    def _climb(self) -> bool:
        number = self._ladder.next(over=self._over)
        if number is not None:
            self._start(self._job(self._by_number[number]))
        return number is not None

    def _start(self, job: Job) -> None:
        self._ladder.climb(self._candidates[job].number)
        self._waiting.append(job)

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
            self._start(self._job(answer))

    def done(self, job: Job, outcome: Outcome) -> None:
        """Take the outcome of a job."""
        self.running.discard(job)
        self._listener.running(len(self.running))
        if job not in self._candidates:
            self._baseline_done(job, outcome)
        elif self._alone.reference:
            self._tell(job, outcome)
        else:
            self._held.append((job, outcome))

    @property
    def reference(self) -> dict[str, float]:
        """Mean headline metric of the single-task networks by task; empty until all are there."""
        return dict(self._alone.reference)

    @property
    def baselines(self) -> dict[Job, Outcome]:
        """Outcomes of the single-task networks."""
        return self._alone.outcomes

    def _file(self, number: int) -> Path:
        return self._folder.trials / f"{number:04d}.json"

    def _job(self, candidate: Candidate) -> Job:
        """The next job of a trial."""
        settings, until = self._settings, self._ladder.until(candidate.number)
        job = Job(
            label=f"trial {candidate.number}",
            pattern=candidate.pattern,
            data=settings.data,
            network=settings.network,
            recipe=settings.trainer,
            seed=derive_seed(settings.run.seed, 0),
            threads=self._threads,
            outcome=self._outcomes.file(candidate.number, until),
            weights=self._folder.trials.absolute() / f"{candidate.number:04d}.pt",
            probe=settings.sampler.probe,
            until=until,
            checkpoint=self._outcomes.checkpoint(candidate.number),
        )
        self._candidates[job] = self._by_number[candidate.number] = candidate
        return job

    def _earlier(self, unfinished: set[int]) -> list[Trial]:
        """The trials that the study holds as finished, from their files."""
        count = len(self._study)
        beyond = [path for path in sorted(self._folder.trials.glob("[0-9]*.json")) if int(path.stem) >= count]
        if beyond:
            raise DataError(
                f"{self._folder.journal} knows {count} trials, but {beyond[0]} is there: the journal was lost or is an "
                "older copy; restore it, or start anew with run.name=NAME (baselines are not trained again)"
            )
        return [load_trial(self._file(number)) for number in range(count) if number not in unfinished]

    def _baseline_done(self, job: Job, outcome: Outcome) -> None:
        self._listener.baseline(job, outcome)
        if self._alone.done(job, outcome):
            self._waiting.appendleft(job)
        self.stopped = self.stopped or self._alone.stopped
        if self._alone.reference:
            held, self._held = self._held, []
            for each, found in held:
                self._tell(each, found)

    def _tell(self, job: Job, outcome: Outcome) -> None:
        """A trial has ended, or pauses."""
        tasks, wanted = self._settings.data.selected, self._study.problem.objectives
        number = self._candidates[job].number
        limits = Limits() if job.until else self._settings.limits  # gates still close after a pause
        alone = self._alone
        trial = make_trial(self._candidates[job], job, outcome, alone.reference, tasks, wanted, limits, alone.whole)
        before = self._shown.get(number)
        if before:
            trial = replace(
                trial,
                seconds=before.seconds + trial.seconds,
                rungs=before.rungs,
                epochs=max(before.epochs, trial.epochs),  # a lost worker tells neither
                device=trial.device or before.device,
                curves=trial.curves or before.curves,
            )
        if job.until and trial.complete:
            self._pause(job.until, trial)
        else:
            self._end(trial)

    def _pause(self, epochs: int, trial: Trial) -> None:
        """A trial has shown what it gains so far; its outcome stays where it is until the trial has ended."""
        trial = replace(trial, rungs={**trial.rungs, str(epochs): trial.objectives})
        self._shown[trial.number] = trial
        self._ladder.reached(trial.number, epochs, trial.objectives)
        self._study.paused(trial.number, epochs, trial.objectives)
        self._listener.paused(trial)

    def _give_up(self, number: int) -> None:
        trial = self._shown[number]
        reason = f"stopped after {trial.epochs} of {self._settings.trainer.epochs} epochs: others gained more there"
        self._end(replace(trial, status=PRUNED, metrics={}, objectives={}, masks={}, reason=reason))

    def _end(self, trial: Trial) -> None:
        """File first, then study, then everybody else: a crash in between loses nothing and doubles nothing."""
        self._ladder.ended(trial.number)
        save_trial(self._file(trial.number), trial)
        self._study.tell(trial)
        self._outcomes.clear(trial.number)
        self.trials[trial.number] = trial
        self._listener.trial(trial)
        failed = [t for t in self.trials.values() if t.failed]
        if len(failed) >= HOPELESS and len(failed) == len(self.trials):
            self.stopped = f"the first {len(failed)} trials all failed, the last one because: {trial.reason}"
