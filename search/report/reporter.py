"""The reporter, a callback of the search: every finished trial goes to the terminal, the tables and the tracker."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.confirming.confirmation import CSV
from search.confirming.shown import read_totals
from search.confirming.table import describe, format_rows, list_means, list_numbers, show_means
from search.jobs.job import Job, Outcome
from search.problem.objectives import BEFOREHAND, Objective, volume_units
from search.report.baseline_table import summarise_baselines, write_baseline_table
from search.report.delivered import explain_reference
from search.report.estimated_effects import write_estimated_effects
from search.report.figures.similarity_figure import draw_missing
from search.report.front_table import format_markdown, summarise_front
from search.report.live_front import LiveFront, count_trials
from search.report.live_tables import LiveTables
from search.report.member_folders import list_pictures
from search.report.recorder import Recorder
from search.report.report import write_report
from search.report.search_cost import CostRates, SearchCost, compute_search_cost
from search.standing.started import Started, write_started
from search.study.fronts.final_files import choose_delivered, measure_delivered
from search.study.fronts.final_trainings import WORDS
from search.study.fronts.front import compute_volume, find_front, read_objectives, start_volume
from search.study.kept_single_tasks import foretell_front, foretell_objectives
from search.study.run_folder import BASELINES
from search.tracking.live_children import name_live
from spaces.common.terminal import find_width, lay_out
from spaces.errors import DataError

LABEL = 12  # columns of the label before a line of the report

if TYPE_CHECKING:
    from search.jobs.trial import Trial
    from search.problem.problem import Problem
    from search.report.baseline_table import BaselineRow
    from search.report.terminal.progress import Progress
    from search.study.fronts.final_files import Final
    from search.tracking.tracker import Tracker
    from trainers.tasks.task import Task


class Reporter:
    """Keeps the front and tells everybody; the trial queue's callback.

    Args:
        folder: the run folder.
        objectives: what is optimised.
        reference: reference point of the hypervolume.
        tasks: of the run.
        progress: the terminal.
        tracker: the record.
        marks: words by key of the patterns that are pointed out, as far as they are known by then.
        rates: what trainings are counted by.
        shared: epochs of the supernet whose weights trials start on; 0 where they start from nothing.
        planned: trials that there will be; 0 where that is not known.
        show: choices of a trial as people are shown them.
    """

    def __init__(
        self,
        folder: Path,
        objectives: Sequence[Objective],
        reference: Sequence[float],
        tasks: Sequence[Task],
        progress: Progress,
        tracker: Tracker,
        marks: Callable[[], Mapping[str, str]],
        rates: CostRates,
        shared: int = 0,
        planned: int = 0,
        show: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict,
    ) -> None:
        self._folder, self._objectives, self._reference, self._tasks = folder, objectives, reference, tasks
        self._progress, self._tracker, self._marks, self._rates = progress, tracker, marks, rates
        self._shared, self._recorder = shared, Recorder(tracker, marks, show)
        self._trials: list[Trial] = []
        self._members: tuple[Trial, ...] = ()
        self._volume = start_volume(objectives, reference)
        self._tables = LiveTables(folder, objectives, tasks, marks)
        self._planned = planned
        self._live = LiveFront(folder, objectives, reference, tasks, planned, shared)
        self._heard = False
        self._supernet: Outcome | None = None
        self._finals: list[Final] = []
        self._told = Started()

    def showing(self) -> AbstractContextManager[Progress]:
        """The terminal's display, while the block runs."""
        return self._progress

    def started(self, concurrency: int) -> None:
        """The runner runs this many jobs at a time."""
        self._progress.update(concurrency=concurrency)
        self._leave_word()

    def _leave_word(self) -> None:
        """Leave where the search stands for those who look at its folder, once more when the record has a place."""
        told = replace(
            self._progress.started, view=self._tracker.view_command(), links=tuple(self._tracker.view_links())
        )
        # A command that only adds to a run leaves the search's own.
        if told != self._told and told.arguments is not None:
            self._told = told
            write_started(self._folder, told)

    def running(self, jobs: Collection[Job]) -> None:
        """These jobs run."""
        self._progress.show_running(jobs)
        names = {name_live(job.label, supernet=job.members is not None): job.begun for job in jobs if not job.tested}
        self._tracker.watch({name: file for name, file in names.items() if name})
        self._leave_word()  # the record may have a place by now

    def found(self, baselines: Iterable[Job]) -> None:
        """These single-task networks were there when the search went on."""
        self._progress.find_baselines(job.label for job in baselines)

    def resumed(self, trials: Sequence[Trial], finals: Sequence[Final]) -> None:
        """Earlier starts finished these."""
        self._heard = True
        self._finals = list(finals)
        self._recorder.resumed(trials, finals)
        if not trials:
            return
        self._trials = list(trials)
        for step, trial in enumerate(trials, start=1):
            volume = self._volume.add(read_objectives(trial, self._objectives))
            self._tracker.log_hypervolume(step, volume)
        self._update_counts(volume)

    def baseline(self, job: Job, outcome: Outcome) -> None:
        """A single-task network is there, or failed."""
        if not outcome.complete:
            self._print(f"baseline {job.label}  failed: {outcome.reason}")
            return
        task = next(task for task in self._tasks if task.name in job.pattern.tasks)
        name = f"{task.name}.{task.headline}"
        self._progress.print_baseline(job.label, {name: outcome.metrics[name]}, outcome.seconds)

    def supernet(self, job: Job, outcome: Outcome) -> None:
        """The supernet is there, or failed."""
        self._supernet = outcome if outcome.complete else None
        if not outcome.complete:
            self._print(f"{job.label}  failed: {outcome.reason}")
            return
        self._recorder.supernet(job, outcome)
        self._progress.print_supernet(job.label, outcome.epochs, outcome.seconds)

    def estimated(self, problem: Problem) -> None:
        """The supernet's estimates are related to the single-task networks."""
        if told := next((each for each in self._objectives if each not in BEFOREHAND), None):
            with suppress(DataError):  # told by whoever rests on the estimates; the page can do without
                write_estimated_effects(self._folder, problem, told)

    def paused(self, trial: Trial) -> None:
        """A trial pauses at a rung."""
        self._progress.print_pause(trial)

    def final(self, final: Final) -> None:
        """A network was trained to the end."""
        self._finals.append(final)
        self._recorder.final(final)
        self._progress.print_final(final.trial, WORDS.get(final.start, ""))

    def confirmed(self, job: Job, outcome: Outcome) -> None:
        """A network was trained with a fresh seed, or was found."""
        self._progress.hear_confirmed(outcome)
        self._recorder.confirmed(job, outcome)

    def trial(self, trial: Trial) -> None:
        """A trial has ended."""
        self._trials.append(trial)
        self._progress.print_trial(trial)
        volume = self._volume.add(read_objectives(trial, self._objectives))
        self._update_counts(volume)
        self._recorder.trial(trial)
        self._tracker.log_hypervolume(len(self._trials), volume)
        self.waiting()
        self._leave_word()

    def waiting(self) -> None:
        """The front has changed, or what had changed before could not be shown then."""
        if files := self._live.update(self._trials, self._members, self._marks, self._finals):
            self._tracker.log_files(files)
            self._recorder.front(self._trials, self._members)

    def report(self, status: str, baselines: Mapping[Job, Outcome], rows: Sequence[BaselineRow] = ()) -> str:
        """Write the report, close the record and say where things are.

        Args:
            status: "FINISHED", "FAILED" or "KILLED".
            baselines: outcomes of the single-task networks, as far as they are there.
            rows: what the numbers are read against; none when the search did not get that far.

        Returns:
            Why the record lacks anything; empty where it has all.
        """
        if not self._heard:  # the folder's trials are not known, so nothing in it is to be written anew
            return self._tracker.close(status)
        marks, cost = self._marks(), self._compute_cost(baselines)
        finals, epochs = self._finals, max((outcome.epochs for outcome in baselines.values()), default=0)
        note = partial(explain_reference, trials=self._trials, finals=finals, reference=epochs, shared=self._shared)
        what = (self._trials, self._objectives, self._reference, self._tasks)
        whole = status == "FINISHED" and (rows or (self._folder / BASELINES).exists())  # its end alone leaves that
        progress = "" if whole else f"{count_trials(len(self._trials), self._planned)}, stopped"
        members = write_report(self._folder, *what, marks, cost, finals, note, progress)
        totals = read_totals(self._folder, *what, finals)
        known = foretell_front(self._folder, self._trials, members, finals, self._objectives, self._tasks)
        names = ["config.yaml", "trials.csv", "front.csv", "front.png", "front.html", "receipt.json"]
        files = [self._folder / name for name in (*names, *["finals.csv"] * bool(finals), *[CSV] * bool(totals))]
        if rows:
            files.append(self._folder / BASELINES)
            write_baseline_table(files[-1], rows)
        self._tell_front(members)
        self._tracker.log_confirmed(list_means(totals))
        self._tracker.log_exports(self._folder)
        lacking = self._tracker.close(
            status,
            [*files, *list_pictures(self._folder, members), *draw_missing(self._folder, self._trials)],
            {
                **measure_delivered(finals, self._objectives, self._reference),
                **(list_numbers(totals) if totals else {}),
                "hypervolume.final": cost.hypervolume,
                "front.size": float(len(members)),
                **{f"receipt/{name}": value for name, value in cost.metrics.items()},  # a section of its own
            },
            format_markdown(members, self._objectives, cost, *known, show_means(totals)),
        )
        self._leave_word()
        self._print_summary(members, rows, note(members))
        if totals:
            self._print("\n".join([format_rows(totals), "", *describe(totals), ""]))
        self._print("\n".join(cost.lines), LABEL)
        self._print(f"Run folder  {self._folder}  (front.html, front.png, front.csv, trials.csv, front/)", LABEL)
        self._print_record(lacking)
        return lacking

    def _print_record(self, lacking: str) -> None:
        """Where the record is seen, or why there is none that is whole."""
        if lacking:
            self._print("MLflow      lacks a part of this run; why is told above", LABEL)
        elif command := self._tracker.view_command():
            self._print(f"\n{' ' * LABEL}".join([f"MLflow      {command}", *self._tracker.view_links()]), wrap=False)

    def _tell_front(self, members: Sequence[Trial]) -> None:
        """Tell the tracker of the front's trials, as front.csv has them, and of what is delivered, these or others."""
        delivered, front = choose_delivered(self._finals, self._objectives), members
        if delivered:
            guesses = foretell_objectives(self._folder, self._trials, self._objectives, self._tasks)
            front = find_front(self._trials, self._objectives, guesses)
        self._recorder.front(self._trials, front, delivered)

    def abandon(self, status: str) -> None:
        """Close the record without a report, for it could not be written."""
        self._tracker.close(status)

    def _print_summary(self, members: Sequence[Trial], rows: Sequence[BaselineRow], note: str) -> None:
        if self._trials:
            ended = bool(choose_delivered(self._finals, self._objectives))
            wanted, tasks = self._objectives, self._tasks
            spreads, guesses = foretell_front(self._folder, self._trials, members, self._finals, wanted, tasks)
            self._print(summarise_front(members, wanted, find_width(), guesses=guesses, spreads=spreads, final=ended))
        if rows:
            self._print(summarise_baselines(rows, members))
        if note:
            self._print(note + "\n")

    def _compute_cost(self, baselines: Mapping[Job, Outcome]) -> SearchCost:
        single_tasks = [(task, outcome) for job, outcome in baselines.items() for task in job.pattern.tasks]
        raw = find_front(self._trials, self._objectives)  # single measurements, as the progress shows them
        # Of the front at once: the same digits in whatever order the trials have come.
        volume = compute_volume(raw, self._objectives, self._reference)
        units = volume_units(self._objectives)
        finals = [final.trial for final in self._finals]
        return compute_search_cost(
            self._trials, single_tasks, self._rates, volume, units, self._members, self._supernet, finals
        )

    def _update_counts(self, volume: float) -> None:
        """Bring tables and counts up to date."""
        self._members = self._tables.update(self._trials)
        done = sum(trial.complete for trial in self._trials)
        failed = sum(trial.failed for trial in self._trials)
        stopped = len(self._trials) - done - failed
        self._progress.update(done=done, failed=failed, stopped=stopped, front=len(self._members), hypervolume=volume)

    def _print(self, text: str, indent: int = 2, *, wrap: bool = True) -> None:
        """Wrapped at words on a terminal; commands and links are not, so that they can be copied."""
        shown = lay_out(text, indent) if wrap else text
        self._progress.console.print(shown, markup=False, highlight=False, soft_wrap=True)
