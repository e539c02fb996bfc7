"""Trial queues over the tiny problem, and what they told."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from search.config.composition import compose
from search.config.problem_statement import fix_reference_point
from search.jobs.job import Job, Outcome
from search.jobs.trial import Trial
from search.jobs.worker import run_job
from search.problem.objectives import resolve_objectives
from search.problem.problem import Problem
from search.study.fronts.final_files import Final
from search.study.run_folder import open_folder
from search.study.study import Study
from search.study.trial_queue import TrialQueue
from spaces.networks.cost import compute_cost
from tests.tiny import arguments, write_tiny


class Told:
    """What the queue told its callback."""

    def __init__(self) -> None:
        self.trials: list[Trial] = []
        self.pauses: list[tuple[int, str]] = []
        self.baselines: list[Job] = []
        self.supernets: list[Outcome] = []
        self.finals: list[Trial] = []
        self.resumed_finals: list[Final] = []
        self.estimates = 0
        self.most = 0

    def resumed(self, trials: Sequence[Trial], finals: Sequence[Final]) -> None:
        self.trials.extend(trials)
        self.resumed_finals.extend(finals)

    def estimated(self, problem: Problem) -> None:
        assert problem.estimates is not None
        self.estimates += 1

    def paused(self, trial: Trial) -> None:
        self.pauses.append((trial.number, list(trial.rungs)[-1]))

    def trial(self, trial: Trial) -> None:
        self.trials.append(trial)

    def baseline(self, job: Job, outcome: Outcome) -> None:
        self.baselines.append(job)

    def supernet(self, job: Job, outcome: Outcome) -> None:
        self.supernets.append(outcome)

    def final(self, final: Final) -> None:
        self.finals.append(final.trial)

    def waiting(self) -> None: ...

    def running(self, jobs: Collection[Job]) -> None:
        self.most = max(self.most, len(jobs))


@contextmanager
def opened(folder: Path, *more: str) -> Iterator[tuple[TrialQueue, Told]]:
    settings = compose(arguments(write_tiny(folder / "data"), f"run.folder={folder / 'runs'}", *more))
    tasks = settings.data.selected
    outputs = {task.name: task.output for task in tasks}
    told = Told()
    price = partial(compute_cost, family=settings.network, outputs=outputs, size=settings.data.size)
    objectives = resolve_objectives(settings.objectives, tasks)
    problem = Problem(settings.space, tuple(sorted(outputs)), objectives, price, settings.limits)
    problem = fix_reference_point(problem, settings)
    with open_folder(settings) as place:
        study = Study(place.journal, problem, settings.sampler, anchors={}, seed=settings.run.seed)
        queue = TrialQueue(settings, place, study, 1, told)
        queue.resume()
        queue.answer_from_cache("cpu")
        yield queue, told


def run_all(queue: TrialQueue) -> None:
    while job := queue.next():
        queue.done(job, run_job(job))


def is_baseline(job: Job) -> bool:
    return len(job.pattern.tasks) == 1
