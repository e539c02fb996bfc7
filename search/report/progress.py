"""Live progress of a search on the terminal.

On a terminal, a panel that stays at the bottom while one line a finished trial or baseline scrolls above it;
anywhere else (a log file, a pipe) only those lines, each flushed at once. The driver's loop feeds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.text import Text

from search.problem.objectives import Objective, format_value
from spaces.common.formatting import format_duration
from spaces.drawing.one_line import describe_in_line

if TYPE_CHECKING:
    from search.jobs.trial import Trial


class Progress:
    """What has been done, what runs and how long the rest takes.

    Args:
        total: trials that the search is to finish, failed ones counted.
        baselines: single-task networks to be trained before.
        console: where to print; standard output if none.
        objectives: shown with their units; without them, objectives appear as bare numbers.
        concurrency: trials that run at a time, for the time left.
    """

    def __init__(
        self,
        total: int,
        baselines: int,
        console: Console | None = None,
        *,
        objectives: Sequence[Objective] = (),
        concurrency: int = 1,
    ) -> None:
        self.console = console or Console()
        self._objectives = {objective.name: objective for objective in objectives}
        self._total = total
        self._baselines = baselines
        self._concurrency = max(1, concurrency)
        self._baselines_done = 0
        self._counts: dict[str, float] = {"done": 0, "running": 0, "stopped": 0, "failed": 0, "front": 0}
        self._hypervolume: float | None = None
        self._seconds: list[float] = []
        self._live = (
            Live(get_renderable=self._make_panel, console=self.console, refresh_per_second=2, transient=True)
            if self.console.is_terminal
            else None
        )

    def __enter__(self) -> Progress:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def update(
        self,
        *,
        done: int | None = None,
        running: int | None = None,
        failed: int | None = None,
        stopped: int | None = None,
        front: int | None = None,
        hypervolume: float | None = None,
        total: int | None = None,
        baselines_done: int | None = None,
        concurrency: int | None = None,
    ) -> None:
        """Set what is given, keep the rest.

        Args:
            done: complete trials, those of earlier runs of the same folder counted.
            running: trials that run now.
            failed: failed trials.
            stopped: trials that the scheduler gave up.
            front: members of the Pareto front.
            hypervolume: of that front.
            total: trials that the search is to finish.
            baselines_done: single-task networks trained or found in the cache.
            concurrency: trials that run at a time.
        """
        counts = {"done": done, "running": running, "stopped": stopped, "failed": failed, "front": front}
        for name, value in counts.items():
            if value is not None:
                self._counts[name] = value
        self._hypervolume = self._hypervolume if hypervolume is None else hypervolume
        self._total = self._total if total is None else total
        self._baselines_done = self._baselines_done if baselines_done is None else baselines_done
        self._concurrency = self._concurrency if concurrency is None else max(1, concurrency)

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
        self._print_line(self._describe(trial, f"final training of trial {trial.number}, {start}"))

    def print_trial(self, trial: Trial) -> None:
        """Print the line of a finished trial: number, status, objectives, time, sharing, reason."""
        self._seconds += [] if trial.failed else [trial.seconds]
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
        self._baselines_done += 1
        values = [f"{metric} {value:.4g}" for metric, value in metrics.items()]
        self._print_line("  ".join([f"baseline {name}", *values, format_duration(seconds)]))

    @property
    def seconds_left(self) -> float | None:
        """Time left in seconds from the mean of the trials finished here; None while nothing has finished."""
        if not self._seconds:
            return None
        left = max(0, self._total - int(self._ended))
        return left * sum(self._seconds) / len(self._seconds) / self._concurrency

    def describe_counts(self) -> str:
        """The counts in one line, as the live panel shows them."""
        parts = []
        if self._baselines_done < self._baselines:
            parts.append(f"baselines {self._baselines_done}/{self._baselines}")
        counts = {name: int(count) for name, count in self._counts.items()}
        parts.append(f"trials {counts['done']}/{self._total} done, {counts['running']} running")
        parts += [f"{counts['stopped']} stopped early"] if counts["stopped"] else []
        parts.append(f"{counts['failed']} failed")
        parts.append(f"front {counts['front']}")
        if self._hypervolume is not None:
            parts.append(f"hypervolume {self._hypervolume:.4g}")
        left = self.seconds_left
        parts.append("time left unknown" if left is None else f"about {format_duration(left)} left")
        return "  |  ".join(parts)

    @property
    def _ended(self) -> float:
        return self._counts["done"] + self._counts["stopped"] + self._counts["failed"]

    def _format_value(self, name: str, value: float) -> str:
        objective = self._objectives.get(name)
        return f"{name} {format_value(objective, value) if objective else format(value, '.4g')}"

    def _make_panel(self) -> RenderableType:
        return Group(
            ProgressBar(total=max(1, self._total), completed=self._ended, width=60), Text(self.describe_counts())
        )

    def _print_line(self, text: str) -> None:
        # Text, not markup: a reason may hold square brackets.
        self.console.print(Text(text), soft_wrap=True)
        self.console.file.flush()
