"""The trial queue: which job runs next, and what becomes of its outcome.

Baselines first, then what an interruption left, then new trials. A runner takes jobs from here and hands outcomes back,
in any order; everything that lasts is written before the runner hears of it. Trials that end before the last baseline
are held until there is something to relate them to. A trial is one job, or one from rung to rung; those that paused and
will not go on are given up at the end. `trial_result` says whether a trial has failed, `failure_policy` when failures
end the search; workers that are lost are none of its business.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from search.config.settings import Settings
from search.jobs.job import Job, Outcome
from search.jobs.outcome_files import OutcomeFiles, read_outcome
from search.jobs.trial import PRUNED, Trial, save_trial
from search.problem.bounds import Limits
from search.samplers.sampler import Done, Wait
from search.study.callback import Callback
from search.study.earlier_trials import load_earlier_trials
from search.study.failure_policy import judge_failures
from search.study.fronts.final_phase import FinalPhase
from search.study.fronts.kept_weights import KeptWeights
from search.study.groundwork import Groundwork
from search.study.queue_status import OPEN, QueueState, QueueStatus
from search.study.run_folder import RunFolder
from search.study.rungs import Rungs
from search.study.study import Candidate, Study
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
        self._ground = Groundwork(settings, folder.path, threads, callback)
        self._finals = FinalPhase(settings, folder.path)
        self._outcomes = OutcomeFiles(folder.path.absolute() / ".outcomes")
        self._jobs = TrialJobs(settings, folder, self._outcomes, self._ground.supernet)
        self._rungs = Rungs(settings.scheduler, settings.trainer.epochs, study.problem.objectives)
        self._weights = KeptWeights(folder.trials, study.problem.objectives)
        self._by_number: dict[int, Candidate] = {}
        self._shown: dict[int, Trial] = {}  # of paused trials
        self._candidates: dict[Job, Candidate] = {}
        self._held: list[tuple[Job, Outcome]] = []
        self._waiting: deque[Job] = deque()
        self.trials: dict[int, Trial] = {}
        self.running: set[Job] = set()
        self.status = OPEN
        self._waited_at = -1  # trials that were known when the sampler wanted to know more

    def resume(self) -> None:
        """Take up what earlier starts left: baselines, finished trials, outcomes nobody was told of.

        Raises:
            DataError: files of the run folder are damaged, or do not belong together; nothing is touched.
        """
        self._outcomes.make()
        interrupted = self._study.list_running()
        earlier = load_earlier_trials(self._folder, self._study.numbers, {each.number for each in interrupted})
        self.trials = {trial.number: trial for trial in earlier}
        finals = self._finals.resume()
        for number in self.trials:  # a worker that outlives its driver may end after its trial was told
            self._outcomes.clear(number)
        self._callback.resumed(earlier, finals)
        self._look_through_weights(last=True)
        left = len(self._study) - len(interrupted) < self._settings.split.trials
        self._waiting.extend(self._ground.resume(trials_left=left))
        self.stop(self._ground.stopped)
        for trial in earlier:
            self._study.learn_memory(trial)
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
        for job, outcome in self._ground.find_cached(device, tuple(self._waiting)):
            if job in self._waiting:
                self._waiting.remove(job)
            self.done(job, outcome)

    @property
    def stopped(self) -> bool:
        """Whether nothing more is to start."""
        return self.status.stopped

    def next(self) -> Job | None:
        """The next job to start; None when nothing is left to start."""
        if self.status.stopped:
            return None
        if not self._waiting:
            self._find()
        # What starts from the supernet's weights waits for them.
        job = next(filter(self._ground.ready_for, self._waiting), None)
        if job is not None:
            self._waiting.remove(job)
            self.running.add(job)
            self._callback.running(tuple(self.running))
        return job

    def look(self) -> None:
        """See `JobQueue.look`."""
        self._callback.waiting()

    def _find(self) -> None:
        """Look for a job: a trial that goes on, else a new one; give up who will not go on when there is neither."""
        if not self._climb() and not self._over:
            self._ask()
        if self._over and not self._waiting and not self._climb() and not self.running and not self.status.stopped:
            for number in self._rungs.paused:
                self._give_up(number)
            if not self._finals.begun:
                self._look_through_weights(last=True)
                self._deliver()

    def _deliver(self) -> None:
        """Have the networks that are returned trained to the end."""
        trials, weights = list(self.trials.values()), self._ground.inherited
        left = self._finals.begin(self._study.problem, trials, self._jobs.repeat, weights)
        for job, outcome in left:
            if outcome is None:
                self._waiting.append(job)
            else:
                self._final_done(job, outcome)
        self._waiting.extendleft(self._ground.list_missing(self._waiting))

    def _final_done(self, job: Job, outcome: Outcome) -> None:
        if (final := self._finals.done(job, outcome, self._measure)) is None:
            self._waiting.append(job)
        else:
            self._callback.final(final)

    @property
    def _over(self) -> bool:
        """Whether no new trial will start."""
        return self.status.state is QueueState.SPENT or len(self._study) >= self._settings.split.trials

    def _climb(self) -> bool:
        if (number := self._rungs.next(over=self._over)) is not None:
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
        """Take the outcome of a job; where the machine was to blame, the job is left to be done again."""
        self.running.discard(job)
        self._callback.running(tuple(self.running))
        if outcome.fault:
            where = f" on node {outcome.node}" if self._settings.runner.elsewhere and outcome.node else ""
            self.stop(f"{job.label}{where}: {outcome.reason}")
        elif self._finals.owns(job):
            self._final_done(job, outcome)
        elif job not in self._candidates:
            self._ground_done(job, outcome)
        elif self._ground.reference:
            self._tell(job, outcome)
        else:
            self._held.append((job, outcome))

    @property
    def reference(self) -> dict[str, float]:
        """Mean headline metric of the single-task networks by task; empty until all are there."""
        return dict(self._ground.reference)

    @property
    def baselines(self) -> dict[Job, Outcome]:
        """Outcomes of the single-task networks."""
        return self._ground.outcomes

    def _job(self, candidate: Candidate) -> Job:
        """The next job of a trial."""
        job = self._jobs.make(candidate, self._rungs.until(candidate.number))
        self._candidates[job] = self._by_number[candidate.number] = candidate
        return job

    def _ground_done(self, job: Job, outcome: Outcome) -> None:
        if self._ground.done(job, outcome):
            self._waiting.appendleft(job)
        self.stop(self._ground.stopped)
        if estimates := self._ground.foretell(self._study.problem):
            self._study.foretell(estimates)
            self._callback.estimated(self._study.problem)
            self._waited_at = -1
        if self._ground.reference:
            held, self._held = self._held, []
            for each, found in held:
                self._tell(each, found)

    def _tell(self, job: Job, outcome: Outcome) -> None:
        """A trial has ended, or pauses."""
        number = self._candidates[job].number
        trial = self._measure(self._candidates[job], job, outcome)
        if before := self._shown.get(number):
            trial = add_leg(before, trial)
        if job.until and trial.complete:
            self._pause(job.until, trial)
        else:
            self._end(trial)

    def _measure(self, candidate: Candidate, job: Job, outcome: Outcome) -> Trial:
        """What came of a job, related to the single-task networks."""
        limits = Limits() if job.until else self._settings.limits  # gates still close after a pause
        tasks, single, problem = self._settings.data.selected, self._ground, self._study.problem
        told = problem.estimates(job.pattern) if problem.estimates else None
        latency = problem.tell_latency(job.pattern)
        return make_trial(
            candidate, job, outcome, single.reference, tasks, problem.objectives, limits, single.whole, told, latency
        )

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
        self._look_through_weights()
        self.stop(judge_failures(self.trials.values()))

    def _look_through_weights(self, *, last: bool = False) -> None:
        if not self._settings.sampler.chained:  # later ones go on from the weights of earlier ones
            self._weights.look(self.trials.values(), last=last)

    def stop(self, reason: str) -> None:
        """Start nothing more, for this reason; the first one counts, and an empty one is none."""
        if reason and not self.status.stopped:
            self.status = QueueStatus(QueueState.STOPPED, reason)
