"""Where a search stands, as the figure and the page of the report show it.

Made by the report from the trials; read by `search.plots` and `search.page`, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from search import pareto

if TYPE_CHECKING:
    from search.objectives import Objective
    from search.trial import Trial


@dataclass(frozen=True)
class Standing:
    """Finished trials, and what was wanted of them.

    Args:
        trials: all, in order of number.
        front: those on the Pareto front, cheapest first.
        objectives: what was optimised.
        reference: reference point of the hypervolume, one value an objective.
        marks: words by key of a pattern that people look for, such as "all fused".
    """

    trials: Sequence[Trial]
    front: Sequence[Trial]
    objectives: Sequence[Objective]
    reference: Sequence[float]
    marks: Mapping[str, str]

    @cached_property
    def volumes(self) -> np.ndarray:
        """Hypervolume after each trial, (trials,)."""
        table = np.array([values(self.trials, objective) for objective in self.objectives]).T
        return pareto.history(table, self.reference, [objective.direction for objective in self.objectives])

    @cached_property
    def members(self) -> frozenset[int]:
        """Numbers of the front's trials."""
        return frozenset(trial.number for trial in self.front)

    @cached_property
    def marked(self) -> dict[int, str]:
        """Words by number of trial: of each marked pattern one trial, on the front or complete where there is one."""
        best: dict[str, Trial] = {}
        for trial in sorted(self.trials, key=lambda trial: (trial.number not in self.members, not trial.complete)):
            best.setdefault(trial.key, trial)
        return {trial.number: self.marks[key] for key, trial in best.items() if key in self.marks}


def values(trials: Sequence[Trial], objective: Objective) -> list[float]:
    """An objective's value of each trial; NaN for one that failed."""
    return [trial.objectives.get(objective.name, np.nan) if trial.complete else np.nan for trial in trials]
