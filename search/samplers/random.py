"""Uniformly random decisions: the sampler that every other one has to beat."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from search.problem.problem import Problem
from search.samplers.sampler import Draw, Sampler
from spaces.choices import draw

if TYPE_CHECKING:
    import optuna


@dataclass(frozen=True)
class Random(Sampler):
    """Every decision uniform and independent; patterns with more descriptions are drawn more often."""

    group: ClassVar[str] = "sampler"

    def propose(self, problem: Problem, history: Sequence[optuna.trial.FrozenTrial], seed: int) -> Draw:
        """Ignores the history."""
        return Draw(dict(draw(problem.space, problem.tasks, random.Random(seed)).choices))
