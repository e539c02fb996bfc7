"""The front's picture and page while a search runs: written anew when the front has changed, as often as is cheap."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from search.report.delivered import explain_reference
from search.report.page.examples import FILE, draw_examples
from search.report.shown_front import PAGE, PICTURE, see_front, show_front
from search.study.kept_single_tasks import count_epochs
from spaces.errors import DataError

if TYPE_CHECKING:
    from search.jobs.trial import Trial
    from search.problem.objectives import Objective
    from search.study.fronts.final_files import Final
    from trainers.tasks.task import Task

SHARE = 0.01  # of the time that it may take: our choice
FIRST = 30.0  # seconds after the first, which loads what draws: our choice
START = 10.0  # seconds of a search before the first: a shorter one is drawn at its end alone; our choice


class LiveFront:
    """Keeps picture and page up to date.

    Args:
        folder: of the run.
        objectives: what is optimised.
        reference: reference point of the hypervolume.
        tasks: of the run.
        planned: trials that there will be; 0 where that is not known.
        shared: epochs of the supernet whose weights trials start on; 0 where they start from nothing.
    """

    def __init__(
        self,
        folder: Path,
        objectives: Sequence[Objective],
        reference: Sequence[float],
        tasks: Sequence[Task],
        planned: int,
        shared: int = 0,
    ) -> None:
        self._folder, self._objectives, self._reference, self._tasks = folder, objectives, reference, tasks
        self._planned, self._shared = planned, shared
        self._shown: tuple[int, ...] = ()
        self._next = time.monotonic() + START

    def update(
        self,
        trials: Sequence[Trial],
        members: tuple[Trial, ...],
        marks: Callable[[], Mapping[str, str]],
        finals: Sequence[Final] = (),
    ) -> tuple[Path, ...]:
        """Write both where the front has changed since, unless that was just now: then whoever asks later has them.

        Args:
            trials: all that have ended, in any order.
            members: the front.
            marks: tells words by key of the patterns that are pointed out.
            finals: trainings to the end.

        Returns:
            The files, where they were written.
        """
        begun = time.monotonic()
        if begun < self._next:
            return ()
        numbers = tuple(trial.number for trial in members)
        if not numbers or numbers == self._shown:
            return ()
        with suppress(DataError):  # a damaged file, which the report tells
            self._show(trials, members, marks(), finals)
        ended = time.monotonic()
        self._next = ended + ((ended - begun) / SHARE if self._shown else FIRST)
        self._shown = numbers
        return tuple(path for path in (self._folder / PICTURE, self._folder / PAGE) if path.exists())

    def _show(
        self, trials: Sequence[Trial], members: tuple[Trial, ...], marks: Mapping[str, str], finals: Sequence[Final]
    ) -> None:
        """As the report will, with the predictions that are drawn already: drawing takes memory from trainings."""
        objectives, tasks = self._objectives, self._tasks
        view, lead, _ = see_front(self._folder, trials, members, objectives, self._reference, tasks, marks, finals)
        networks = view.finals or members
        caution = explain_reference(networks, trials, finals, count_epochs(self._folder), self._shared)
        told = f"{count_trials(len(view.trials), self._planned)}, refreshed {time.strftime('%H:%M')}"
        drawn = [each for each in networks if (self._folder / "front" / f"{each.number}-{each.key}" / FILE).exists()]
        examples = draw_examples(self._folder, drawn)
        show_front(self._folder, view, tasks, (), lead, caution, progress=told, running=True, examples=examples)


def count_trials(done: int, planned: int) -> str:
    """Such as "4 of 10 trials"; 0 where it is not known how many there will be."""
    return f"{done} of {planned} trials" if planned >= done else f"{done} trial" + "s" * (done != 1)
