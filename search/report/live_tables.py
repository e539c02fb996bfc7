"""The tables while a search runs: written anew after every trial, or, where many end quickly, as often as is cheap."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from search.report.tables import write_tables
from spaces.common.time_share import TimeShare

if TYPE_CHECKING:
    from search.jobs.trial import Trial
    from search.problem.objectives import Objective
    from trainers.tasks.task import Task

FREE = 0.5  # seconds that they may take in all, before they are counted: our choice
SHARE = 0.01  # of the time that they may take beyond; best guesses of hundreds of trials take a second: our choice


class LiveTables:
    """Keeps trials.csv and front.csv up to date, and knows the front as they have it.

    Args:
        folder: of the run.
        objectives: what is optimised.
        tasks: of the run.
        marks: words by key of the patterns that are pointed out, as far as they are known by then.
    """

    def __init__(
        self,
        folder: Path,
        objectives: Sequence[Objective],
        tasks: Sequence[Task],
        marks: Callable[[], Mapping[str, str]],
    ) -> None:
        self._folder, self._objectives, self._tasks, self._marks = folder, objectives, tasks, marks
        self._members: tuple[Trial, ...] = ()
        self._time = TimeShare(FREE, SHARE)

    def update(self, trials: Sequence[Trial]) -> tuple[Trial, ...]:
        """Write both, unless they have had their share of the time.

        Args:
            trials: all that have ended, in any order.

        Returns:
            The front as it was when they were written last, cheapest first.
        """
        if self._time.left:
            with self._time.spend():
                self._members = write_tables(self._folder, trials, self._objectives, self._tasks, self._marks())
        return self._members
