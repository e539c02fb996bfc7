"""What is shown of a search: every finished trial goes to the terminal, the tables and the tracker."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from search import pareto, report
from search.job import Job, Outcome
from search.objectives import Objective

if TYPE_CHECKING:
    from search.agenda import Agenda
    from search.progress import Progress
    from search.tracking import Tracker
    from search.trial import Trial
    from trainers.tasks.task import Task


class Scoreboard:
    """Keeps the front and tells everybody.

    Args:
        folder: the run folder.
        objectives: what is optimised.
        reference: reference point of the hypervolume.
        tasks: of the run.
        progress: the terminal.
        tracker: the record.
    """

    def __init__(
        self,
        folder: Path,
        objectives: Sequence[Objective],
        reference: Sequence[float],
        tasks: Sequence[Task],
        progress: Progress,
        tracker: Tracker,
    ) -> None:
        self._folder, self._objectives, self._reference, self._tasks = folder, objectives, reference, tasks
        self._progress, self._tracker = progress, tracker
        self._trials: list[Trial] = []

    def started(self, concurrency: int) -> None:
        """The runner runs this many jobs at a time."""
        self._progress.update(concurrency=concurrency, running=concurrency)

    def baseline(self, job: Job, outcome: Outcome) -> None:
        """A single-task network is there."""
        task = next(task for task in self._tasks if task.name in job.pattern.tasks)
        name = f"{task.name}.{task.headline}"
        self._progress.baseline(job.label, {name: outcome.metrics[name]}, outcome.seconds)

    def trial(self, trial: Trial) -> None:
        """A trial has ended."""
        self._trials.append(trial)
        members = report.tables(self._folder, self._trials, self._objectives, self._tasks)
        self._drop_weights(members)
        volume = self._hypervolume(members)
        done = sum(each.complete for each in self._trials)
        self._progress.finished(trial)
        self._progress.update(done=done, failed=len(self._trials) - done, front=len(members), hypervolume=volume)
        self._tracker.log(trial)
        self._tracker.hypervolume(len(self._trials), volume)

    def report(self, agenda: Agenda, status: str) -> None:
        """Write the report, close the record and say where things are."""
        members = report.write(self._folder, self._trials, self._objectives, self._reference, self._tasks)
        artifacts = [self._folder / name for name in ("config.yaml", "trials.csv", "front.csv", "front.png")]
        self._tracker.close(
            status,
            [*artifacts, *report.pictures(self._folder, members)],
            {"hypervolume.final": self._hypervolume(members), "front.size": float(len(members))},
            report.markdown(members, self._objectives),
        )
        show = self._progress.console.print
        show(report.summary(members, self._objectives), markup=False, highlight=False)
        if status == "FINISHED" and agenda.exhausted:
            show(f"The space holds no other pattern: all {len(self._trials)} within the limits are trained.")
        show(f"Run folder  {self._folder}  (front.png, front.csv, trials.csv, front/)", soft_wrap=True)
        if command := self._tracker.view_command():
            show(f"MLflow      {command}", soft_wrap=True, markup=False, highlight=False)

    def _drop_weights(self, members: Sequence[Trial]) -> None:
        """Weights are large, and a dominated trial never comes back to the front."""
        kept = {trial.number for trial in members}
        for trial in self._trials:
            if trial.number not in kept:
                (self._folder / "trials" / f"{trial.number:04d}.pt").unlink(missing_ok=True)

    def _hypervolume(self, members: Sequence[Trial]) -> float:
        values = [[trial.objectives[o.name] for o in self._objectives] for trial in members]
        if not values:
            return 0.0
        return pareto.hypervolume(np.array(values), self._reference, [o.direction for o in self._objectives])
