"""The front's picture and page while a search runs: written anew when the front has changed, as often as is cheap."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from search.report.delivered import describe_ranking
from search.report.shown_front import PAGE, PICTURE, show_front
from search.report.tables import sort_by_number
from search.study.fronts.best_guess import guess_objectives
from search.study.fronts.front import FrontView
from search.study.kept_single_tasks import read_single_tasks

if TYPE_CHECKING:
    from search.jobs.trial import Trial
    from search.problem.objectives import Objective
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
    """

    def __init__(
        self,
        folder: Path,
        objectives: Sequence[Objective],
        reference: Sequence[float],
        tasks: Sequence[Task],
        planned: int,
    ) -> None:
        self._folder, self._objectives, self._reference, self._tasks = folder, objectives, reference, tasks
        self._planned = planned
        self._shown: tuple[int, ...] = ()
        self._next = time.monotonic() + START

    def update(
        self, trials: Sequence[Trial], members: Sequence[Trial], marks: Callable[[], Mapping[str, str]]
    ) -> tuple[Path, ...]:
        """Write both where the front has changed since, unless that was just now: then whoever asks later has them.

        Args:
            trials: all that have ended, in any order.
            members: the front.
            marks: tells words by key of the patterns that are pointed out.

        Returns:
            The files, where they were written.
        """
        begun = time.monotonic()
        if begun < self._next:
            return ()
        numbers = tuple(trial.number for trial in members)
        if not numbers or numbers == self._shown:
            return ()
        done = sort_by_number(trials)
        guesses, singles = guess_objectives(done, self._objectives), read_single_tasks(self._folder, self._tasks)
        view = FrontView(done, members, self._objectives, self._reference, marks(), guesses, singles=singles)
        told = f"{count_trials(len(done), self._planned)}, refreshed {time.strftime('%H:%M')}"
        show_front(self._folder, view, self._tasks, (), describe_ranking(view), progress=told, running=True)
        ended = time.monotonic()
        self._next = ended + ((ended - begun) / SHARE if self._shown else FIRST)
        self._shown = numbers
        return (self._folder / PICTURE, self._folder / PAGE)


def count_trials(done: int, planned: int) -> str:
    """Such as "4 of 10 trials"; 0 where it is not known how many there will be."""
    return f"{done} of {planned} trials" if planned >= done else f"{done} trial" + "s" * (done != 1)
