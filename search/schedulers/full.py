"""No stops: every pattern is trained to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np


@dataclass(frozen=True)
class Full:
    """One rung, the end."""

    group: ClassVar[str] = "scheduler"

    def rungs(self, epochs: int) -> tuple[int, ...]:
        """The end alone."""
        return (epochs,)

    def share(self, epochs: int) -> float:
        """All."""
        return 1.0

    def promoted(self, values: np.ndarray, directions: Sequence[str], *, complete: bool) -> np.ndarray:
        """Everybody."""
        return np.arange(len(values))
