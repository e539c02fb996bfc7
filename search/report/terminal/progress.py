"""Live progress of a search on the terminal.

On a terminal, a panel that stays at the bottom while one line a finished trial or baseline scrolls above it; anywhere
else (a log file, a pipe, a dumb terminal) those lines, each flushed at once, and now and then one of the counts. The
driver's loop feeds it; how far trainings are is read from what workers leave.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.live import Live
from rich.text import Text

from search.jobs.heartbeat import Beat, read_beat
from search.problem.objectives import Objective, format_value
from search.report.terminal.panel import SEPARATOR, Panel
from search.report.terminal.pulse import Pulse
from search.standing.started import Started
from search.standing.time_left import (
    BASELINE,
    CONFIRMATION,
    FINAL,
    SUPERNET,
    TRIAL,
    describe_left,
    estimate_left,
    find_kind,
    plan_work,
)
from spaces.common.formatting import format_count, format_duration, format_number, hang
from spaces.common.interruption import asked_to_stop
from spaces.drawing.one_line import describe_in_line

if TYPE_CHECKING:
    from search.jobs.job import Job, Outcome
    from search.jobs.trial import Trial

AGAIN = 2.0  # seconds between two looks at what workers leave, which may lie on a network: our choice


class Progress:
    """What has been done, what runs and how long the rest takes.

    Args:
        started: what is to be trained, and what a plan has foretold.
        console: where to print; standard output if none.
        objectives: shown with their units; without them, objectives appear as bare numbers.
    """

    def __init__(
        self,
        started: Started,
        console: Console | None = None,
        *,
        objectives: Sequence[Objective] = (),
    ) -> None:
        self.console = console or Console()
        self._objectives = {objective.name: objective for objective in objectives}
        self.started = started
        self._works = plan_work(started)
        self._baselines: set[str] = set()
        self._counts = {"done": 0, "stopped": 0, "failed": 0, "front": 0}
        self._hypervolume: float | None = None
        self._running: tuple[Job, ...] = ()
        self._begun = False
        self._panel: Panel | None = None
        self._beats: tuple[float, dict[Job, Beat | None]] = (0.0, {})
        self._pulse: Pulse | None = None
        self._shown: AbstractContextManager[Any]
        # On a dumb one (an editor's shell) rich draws no panel.
        if self.console.is_terminal and not self.console.is_dumb_terminal:
            self._shown = Live(
                get_renderable=self._make_panel, console=self.console, refresh_per_second=2, transient=True
            )
        else:
            self._shown = self._pulse = Pulse(self._print_line, self._describe_pulse)

    def __enter__(self) -> Progress:
        self._shown.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._shown.__exit__(kind, error, trace)
        if kind and asked_to_stop() and not self._pulse:
            self._print_line("The report of what has finished is written.")  # seconds, in which nothing else is shown

    def update(
        self,
        *,
        done: int | None = None,
        failed: int | None = None,
        stopped: int | None = None,
        front: int | None = None,
        hypervolume: float | None = None,
        concurrency: int | None = None,
    ) -> None:
        """Set what is given, keep the rest.

        Args:
            done: complete trials, those of earlier runs of the same folder counted.
            failed: failed trials.
            stopped: trials that the scheduler gave up.
            front: members of the Pareto front.
            hypervolume: of that front.
            concurrency: trainings that run at a time.
        """
        counts = {"done": done, "stopped": stopped, "failed": failed, "front": front}
        self._counts |= {name: value for name, value in counts.items() if value is not None}
        self._works[CONFIRMATION].trainings = plan_work(self.started, self._counts["front"])[CONFIRMATION].trainings
        self._works[TRIAL].ended = sum(self._counts[name] for name in ("done", "stopped", "failed"))
        self._hypervolume = self._hypervolume if hypervolume is None else hypervolume
        if concurrency is not None:
            self.started = replace(self.started, concurrency=concurrency)

    def show_running(self, jobs: Collection[Job]) -> None:
        """These trainings run now."""
        self._running = tuple(jobs)
        self._begun = self._begun or bool(jobs)

    def find_baselines(self, labels: Iterable[str]) -> None:
        """These single-task networks are there, whoever trained them."""
        self._baselines.update(labels)
        self._works[BASELINE].ended = len(self._baselines)

    def print_pause(self, trial: Trial) -> None:
        """Print what a trial shows at a pause of its training."""
        epochs, values = list(trial.rungs.items())[-1]
        parts = [
            f"trial {trial.number}",
            f"after {epochs} epochs",
            *(self._format_value(*each) for each in values.items()),
        ]
        self._print_line("  ".join([*parts, format_duration(trial.seconds)]))

    def print_final(self, trial: Trial, start: str) -> None:
        """Print the line of a network that was trained to the end, with the weights that it began on."""
        self._count(FINAL, None if trial.failed else trial.seconds)
        self._print_line(self._describe(trial, f"final training of trial {trial.number}, {start}"))

    def print_trial(self, trial: Trial) -> None:
        """Print the line of a finished trial: number, status, objectives, time, sharing, reason."""
        self._works[TRIAL].seconds += [] if trial.failed else [trial.seconds]
        self._print_line(self._describe(trial, f"trial {trial.number}"))

    def _describe(self, trial: Trial, label: str) -> str:
        parts = [label, trial.status]
        parts += [self._format_value(name, value) for name, value in trial.objectives.items() if trial.complete]
        parts += [format_duration(trial.seconds), describe_in_line(trial.pattern)]
        parts += [" ".join(trial.reason.split())] if trial.reason else []
        return "  ".join(parts)

    def print_baseline(self, name: str, metrics: Mapping[str, float], seconds: float) -> None:
        """Print the line of a finished single-task network.

        Args:
            name: which one, such as "depth, seed 1".
            metrics: what it reached, by name with unit.
            seconds: wall time.
        """
        self._works[BASELINE].seconds.append(seconds)
        self.find_baselines([name])
        values = [f"{metric} {format_number(value)}" for metric, value in metrics.items()]
        self._print_line("  ".join([f"baseline {name}", *values, format_duration(seconds)]))

    def print_supernet(self, label: str, epochs: int, seconds: float) -> None:
        """Print the line of the training of all patterns."""
        self._count(SUPERNET, seconds)
        self._print_line(f"{label}  {epochs} epochs, {format_duration(seconds)}: all patterns estimated")

    def hear_confirmed(self, outcome: Outcome) -> None:
        """A training with a fresh seed is there; those of earlier starts are not among those that are left."""
        if outcome.ended >= self.started.began:
            self._count(CONFIRMATION, outcome.seconds if outcome.complete else None)

    def _count(self, kind: str, seconds: float | None) -> None:
        work = self._works[kind]
        work.ended += 1
        work.seconds += [] if seconds is None else [seconds]

    @property
    def seconds_left(self) -> float | None:
        """Time left in seconds; None while nothing is known of it."""
        running = [(find_kind(job), beat) for job, beat in self._look().items()]
        return estimate_left(self._works, running, self.started)

    def list_counts(self) -> list[str]:
        """The counts, a text each, as the live panel shows them."""
        baselines, trials, counts = self._works[BASELINE], self._works[TRIAL], self._counts
        parts = [f"{baselines.ended} of {baselines.trainings} baselines"] if baselines.left else []
        many = sum(find_kind(job) == TRIAL for job in self._running)
        parts.append(f"{counts['done']} of {trials.trainings} trials" + (f", {many} running" if many else ""))
        parts += [f"{counts['stopped']} stopped early"] if counts["stopped"] else []
        parts += [f"{counts['failed']} failed"] if counts["failed"] else []
        if self._works[FINAL].ended:
            parts.append(f"{self._works[FINAL].ended} of {self._works[FINAL].trainings} final trainings")
        if (again := self._works[CONFIRMATION]).ended:
            parts.append(f"{again.ended} of {again.trainings} trainings with fresh seeds")
        parts += [f"front {counts['front']}"] if counts["front"] else []
        parts += [f"hypervolume {format_count(self._hypervolume)}"] if self._hypervolume else []
        left = self.seconds_left
        return [*parts, *([] if left is None else [describe_left(left)])]

    def _look(self) -> dict[Job, Beat | None]:
        """Where each training stands that runs."""
        now, running = time.monotonic(), self._running
        if now - self._beats[0] > AGAIN or set(self._beats[1]) != set(running):
            self._beats = (now, {job: read_beat(job.begun) for job in running})
        return self._beats[1]

    def _list_running(self) -> list[str]:
        told = [(beat or Beat(job.label)).describe() for job, beat in self._look().items()]
        return told if told or self._begun else ["workers start"]

    def _describe_pulse(self) -> str:
        """Nothing while no training runs, or once all are being ended."""
        if not self._running or asked_to_stop():
            return ""
        return SEPARATOR.join([*self.list_counts(), *self._list_running()])

    def _make_panel(self) -> Panel:
        """The last one while trainings are being ended, for what they then leave says nothing."""
        if self._panel is None or not asked_to_stop():
            self._panel = self._draw_panel()
        return self._panel

    def _draw_panel(self) -> Panel:
        ended, all_of = (
            sum(work.epochs * getattr(work, name) for work in self._works.values()) for name in ("ended", "trainings")
        )
        under_way = sum(beat.epoch for beat in self._look().values() if beat)
        return Panel(ended + under_way, all_of, self.list_counts(), self._list_running())

    def _format_value(self, name: str, value: float) -> str:
        objective = self._objectives.get(name)
        return f"{name} {format_value(objective, value) if objective else format_number(value)}"

    def _print_line(self, text: str) -> None:
        # Text, not markup: a reason may hold square brackets.
        shown = hang(text, self.console.width) if self.console.is_terminal else text
        self.console.print(Text(shown), soft_wrap=True)
        self.console.file.flush()
        if self._pulse:
            self._pulse.hear()
