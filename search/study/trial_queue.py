"""The trial queue: which job runs next, and what becomes of its outcome.

Baselines first, then what an interruption left, then new trials. A runner takes jobs from here and hands outcomes back,
in any order; everything that lasts is written before the runner hears of it. Trials that end before the last baseline
are held until there is something to relate them to. A trial is one job, or one from rung to rung; those that paused and
will not go on are given up at the end. `retry_policy` says how often a lost job is tried again, `trial_result` whether
a trial has failed, `failure_policy` when failures end the search.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from search.config.settings import Settings
from search.jobs.job import Job, Outcome
from search.jobs.outcome_files import OutcomeFiles, make_folder, read_outcome
from search.jobs.trial import PRUNED, Trial, save_trial
from search.problem.bounds import Limits
from search.problem.estimates import relate_estimates
from search.samplers.sampler import Done, Wait
from search.study.baselines import BaselineTrainings
from search.study.callback import Callback
from search.study.earlier_trials import load_earlier_trials
from search.study.failure_policy import judge_failures
from search.study.kept_weights import drop_dominated_weights
from search.study.queue_status import OPEN, QueueState, QueueStatus
from search.study.retry_policy import RetryPolicy
from search.study.run_folder import RunFolder
from search.study.rungs import Rungs
from search.study.study import Candidate, Study
from search.study.supernet_training import SUPERNETS, SupernetTraining
from search.study.trial_jobs import TrialJobs
from search.study.trial_result import add_leg, make_trial
from spaces.errors import UserError


class TrialQueue:
    """The jobs of one search.

    Args:
        settings: of the search.
        folder: where its trials are kept.
        study: proposes patterns and remembers trials.
        threads: CPU threads a training may use.
        callback: hears what happens.

    Attributes:
        trials: finished trials, told to the study, by number.
        running: jobs handed out and not answered.
        status: whether new trials start, and why not.
    """

    def __init__(
        self,
        settings: Settings,
        folder: RunFolder,
        study: Study,
        threads: int,
        callback: Callback,
    ) -> None:
        self._settings, self._folder, self._study = settings, folder, study
        self._callback = callback
        self._baselines = BaselineTrainings(settings, folder.path / "baselines.json", threads)
        self._supernet = SupernetTraining(settings, threads)
        self._outcomes = OutcomeFiles(folder.path.absolute() / ".outcomes")
        self._jobs = TrialJobs(settings, folder, self._outcomes, threads, self._supernet.job)
        self._rungs = Rungs(settings.scheduler, settings.trainer.epochs, study.problem.objectives)
        self._by_number: dict[int, Candidate] = {}
        self._shown: dict[int, Trial] = {}  # of paused trials
        self._candidates: dict[Job, Candidate] = {}
        self._held: list[tuple[Job, Outcome]] = []
        self._waiting: deque[Job] = deque()
        self._retries = RetryPolicy()
        self.trials: dict[int, Trial] = {}
        self.running: set[Job] = set()
        self.status = OPEN
        self._waited_at = -1  # trials that were known when the sampler wanted to know more

    def resume(self) -> None:
        """Take up what earlier starts left: baselines, finished trials, outcomes nobody was told of.

        Raises:
            DataError: files of the run folder are damaged, or do not belong together; nothing is touched.
        """
        for cache in ("baselines", SUPERNETS):
            make_folder(self._settings.run.folder / cache)
        self._outcomes.make()
        interrupted = self._study.list_running()
        earlier = load_earlier_trials(self._folder, len(self._study), {each.number for each in interrupted})
        self.trials = {trial.number: trial for trial in earlier}
        for number in self.trials:  # a worker that outlives its driver may end after its trial was told
            self._outcomes.clear(number)
        self._callback.resumed(earlier)
        self._drop_weights()
        if self._supernet.job is not None and len(earlier) < self._settings.split.trials:
            self._waiting.append(self._supernet.job)  # the longest of all, so it is first
        self._waiting.extend(self._baselines.resume())
        self._stop(self._baselines.stopped)
        for trial in earlier:
            for epochs, values in trial.rungs.items():
                self._rungs.reach(trial.number, int(epochs), values)
            self._rungs.end(trial.number)
        for candidate in interrupted:
            self._take_up(candidate)

    def _take_up(self, candidate: Candidate) -> None:
        """A trial that was interrupted: leg by leg what workers left of it, then the job that is missing, if any."""
        job = self._job(candidate)
        if outcome := read_outcome(job):
            self._rungs.climb(candidate.number)
            self.done(job, outcome)
            if job.until and candidate.number in self._rungs.paused:
                self._take_up(candidate)
        elif candidate.number not in self._rungs.paused:
            self._start(job)

    def answer_from_cache(self, device: str) -> None:
        """Take supernet and baselines that an earlier search trained on this kind of device, "cpu" or "cuda"."""
        if self._supernet.job in self._waiting and (outcome := self._supernet.find_cached(device)):
            self._waiting.remove(self._supernet.job)
            self.done(self._supernet.job, outcome)
        for job, outcome in self._baselines.find_cached(device):
            if job in self._waiting:
                self._waiting.remove(job)
                self.done(job, outcome)

    def return_lost(self, job: Job, why: str) -> None:
        """A job was lost before it began, or goes on from its checkpoint: it is handed out again, some times."""
        if failure := self._retries.count_loss(job, why):
            self.done(job, failure)
            return
        self.running.discard(job)
        self._waiting.appendleft(job)

    def next(self) -> Job | None:
        """The next job to start; None when nothing is left to start."""
        if self.status.stopped:
            return None
        if not self._waiting:
            self._find()
        # What starts from the supernet's weights waits for them.
        job = next((each for each in self._waiting if each.inherits is None or not self._supernet.missing), None)
        if job is None:
            return None
        self._waiting.remove(job)
        self.running.add(job)
        self._callback.running(len(self.running))
        return job

    def _find(self) -> None:
        """Look for a job: a trial that goes on, else a new one; give up who will not go on when there is neither."""
        if not self._climb() and not self._over:
            self._ask()
        if self._over and not self._waiting and not self._climb() and not self.running:
            for number in self._rungs.paused if not self.status.stopped else ():
                self._give_up(number)

    @property
    def _over(self) -> bool:
        """Whether no new trial will start."""
        return self.status.state is QueueState.SPENT or len(self._study) >= self._settings.split.trials

    def _climb(self) -> bool:
        number = self._rungs.next(over=self._over)
        if number is not None:
            self._start(self._job(self._by_number[number]))
        return number is not None

    def _start(self, job: Job) -> None:
        self._rungs.climb(self._candidates[job].number)
        self._waiting.append(job)

    def _ask(self) -> None:
        """Have the study name the next pattern; a runner asks often, so not twice on the same knowledge."""
        if self._waited_at == len(self.trials):
            return
        try:
            answer = self._study.ask()
        except UserError as error:
            self.status = QueueStatus(QueueState.STUCK, "; ".join(error.problems))
            return
        if isinstance(answer, Done):
            self.status = QueueStatus(QueueState.SPENT, answer.reason)
        elif isinstance(answer, Wait):
            self._waited_at = len(self.trials)
        else:
            self._start(self._job(answer))

    def done(self, job: Job, outcome: Outcome) -> None:
        """Take the outcome of a job."""
        self.running.discard(job)
        self._callback.running(len(self.running))
        if job == self._supernet.job:
            self._supernet_done(job, outcome)
        elif job not in self._candidates:
            self._baseline_done(job, outcome)
        elif self._baselines.reference:
            self._tell(job, outcome)
        else:
            self._held.append((job, outcome))

    @property
    def reference(self) -> dict[str, float]:
        """Mean headline metric of the single-task networks by task; empty until all are there."""
        return dict(self._baselines.reference)

    @property
    def baselines(self) -> dict[Job, Outcome]:
        """Outcomes of the single-task networks."""
        return self._baselines.outcomes

    def _job(self, candidate: Candidate) -> Job:
        """The next job of a trial."""
        job = self._jobs.make(candidate, self._rungs.until(candidate.number))
        self._candidates[job] = self._by_number[candidate.number] = candidate
        return job

    def _supernet_done(self, job: Job, outcome: Outcome) -> None:
        self._callback.supernet(job, outcome)
        if self._supernet.done(outcome):
            self._waiting.appendleft(job)
        self._stop(self._supernet.stopped)
        self._foretell()

    def _foretell(self) -> None:
        """Tell the study what the supernet estimates, once there is something to relate it to."""
        if self._supernet.outcome is None or not self._baselines.reference:
            return
        tasks, single = self._settings.data.selected, self._baselines
        estimates = self._supernet.read_estimates()
        self._study.foretell(
            relate_estimates(estimates, self._study.problem, tasks, single.reference, single.whole)
        )
        self._waited_at = -1

    def _baseline_done(self, job: Job, outcome: Outcome) -> None:
        self._callback.baseline(job, outcome)
        if self._baselines.done(job, outcome):
            self._waiting.appendleft(job)
        self._stop(self._baselines.stopped)
        self._foretell()
        if self._baselines.reference:
            held, self._held = self._held, []
            for each, found in held:
                self._tell(each, found)

    def _tell(self, job: Job, outcome: Outcome) -> None:
        """A trial has ended, or pauses."""
        tasks, wanted = self._settings.data.selected, self._study.problem.objectives
        number = self._candidates[job].number
        limits = Limits() if job.until else self._settings.limits  # gates still close after a pause
        single = self._baselines
        estimates = self._study.problem.estimates
        told = estimates(job.pattern) if estimates else None
        trial = make_trial(
            self._candidates[job], job, outcome, single.reference, tasks, wanted, limits, single.whole, told
        )
        if before := self._shown.get(number):
            trial = add_leg(before, trial)
        if job.until and trial.complete:
            self._pause(job.until, trial)
        else:
            self._end(trial)

    def _pause(self, epochs: int, trial: Trial) -> None:
        """A trial has shown what it gains so far; its outcome stays where it is until the trial has ended."""
        trial = replace(trial, rungs={**trial.rungs, str(epochs): trial.objectives})
        self._shown[trial.number] = trial
        self._rungs.reach(trial.number, epochs, trial.objectives)
        self._study.record_pause(trial.number, epochs, trial.objectives)
        self._callback.paused(trial)

    def _give_up(self, number: int) -> None:
        trial = self._shown[number]
        reason = f"stopped after {trial.epochs} of {self._settings.trainer.epochs} epochs: others gained more there"
        self._end(replace(trial, status=PRUNED, metrics={}, objectives={}, masks={}, reason=reason))

    def _end(self, trial: Trial) -> None:
        """File first, then study, then everybody else: a crash in between loses nothing and doubles nothing."""
        self._rungs.end(trial.number)
        save_trial(self._folder.trial(trial.number), trial)
        self._study.tell(trial)
        self._outcomes.clear(trial.number)
        self.trials[trial.number] = trial
        self._callback.trial(trial)
        self._drop_weights()
        self._stop(judge_failures(self.trials.values()))

    def _drop_weights(self) -> None:
        objectives = self._study.problem.objectives
        drop_dominated_weights(self._folder.trials, list(self.trials.values()), objectives)

    def _stop(self, reason: str) -> None:
        """Start nothing more, for this reason; the first one counts, and an empty one is none."""
        if reason and not self.status.stopped:
            self.status = QueueStatus(QueueState.STOPPED, reason)
