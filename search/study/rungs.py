"""Trials on their way from rung to rung: where each stands, and who goes on next.

The scheduler decides by what was shown at a rung; here is only kept what that was. Everything in it can be had again
from the study, so nothing is lost with the driver.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from search.problem.objectives import Objective
from search.schedulers.scheduler import Scheduler


class Rungs:
    """What trials showed at every rung.

    Args:
        scheduler: decides who goes on.
        epochs: of a whole training.
        objectives: what is optimised.
    """

    def __init__(self, scheduler: Scheduler, epochs: int, objectives: Sequence[Objective]) -> None:
        self._scheduler = scheduler
        self._names = [objective.name for objective in objectives]
        self._directions = [objective.direction for objective in objectives]
        self.rungs = scheduler.rungs(epochs)
        self._shown: list[dict[int, list[float]]] = [{} for _ in self.rungs]
        self._paused: dict[int, int] = {}
        self._headed: dict[int, int] = {}

    @property
    def paused(self) -> list[int]:
        """Numbers of the trials that wait at a rung."""
        return sorted(self._paused)

    def until(self, number: int) -> int | None:
        """Epochs until a trial's next pause; None for the end of its training."""
        place = self._paused.get(number, -1) + 1
        return self.rungs[place] if place < len(self.rungs) - 1 else None

    def climb(self, number: int) -> None:
        """A trial starts, or goes on."""
        self._headed[number] = self._paused.pop(number, -1) + 1

    def reach(self, number: int, epochs: int, values: Mapping[str, float]) -> None:
        """A trial pauses at a rung and shows these objectives."""
        self._headed.pop(number, None)
        self._paused[number] = self.rungs.index(epochs)
        self._shown[self._paused[number]][number] = [values[name] for name in self._names]

    def end(self, number: int) -> None:
        """A trial is over; what it showed stays."""
        self._headed.pop(number, None)
        self._paused.pop(number, None)

    def next(self, *, over: bool) -> int | None:
        """The trial that goes on now, None for nobody.

        Args:
            over: whether no new trial will start, so that rungs come to be complete from the first one on.
        """
        for place in reversed(range(len(self.rungs) - 1)):
            if (number := self._promoted(place, complete=False)) is not None:
                return number
        for place in range(len(self.rungs) - 1) if over else ():
            if place in self._headed.values():
                return None
            if (number := self._promoted(place, complete=True)) is not None:
                return number
        return None

    def _promoted(self, place: int, *, complete: bool) -> int | None:
        waiting = {number for number, where in self._paused.items() if where == place}
        if not waiting:
            return None
        numbers = sorted(self._shown[place])
        values = np.array([self._shown[place][number] for number in numbers])
        chosen = self._scheduler.promoted(values, self._directions, complete=complete)
        return next((numbers[row] for row in chosen if numbers[row] in waiting), None)
