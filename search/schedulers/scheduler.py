"""What a scheduler answers: where trainings pause, and which of those that paused go on.

A pure function of what was shown so far; it keeps no state, so a resumed search goes on as an undisturbed one would.
Trainings are cut into jobs at the rungs, so any runner that places jobs, Ray Tune among them, needs no scheduler.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class Scheduler(Protocol):
    """A frozen configuration dataclass."""

    def rungs(self, epochs: int) -> tuple[int, ...]:
        """Epochs after which a training pauses, rising; the last one is ``epochs``, its end.

        Args:
            epochs: of a whole training.

        Raises:
            ConfigError: a rung beyond that.
        """

    def share(self, epochs: int) -> float:
        """Epochs that a pattern is trained on average, as a share of a whole training; a guess for plans."""

    def promoted(self, values: np.ndarray, directions: Sequence[str], *, complete: bool) -> np.ndarray:
        """Rows that may go on to the next rung.

        Args:
            values: (n, m) objectives of all that reached a rung, those that went on or ended since among them.
            directions: m times "maximise" or "minimise".
            complete: whether nobody else will reach it.
        """
