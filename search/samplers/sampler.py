"""What a sampler sees and what it answers.

A sampler is a pure function of the problem, the trials so far and a seed; it keeps no state, so a resumed search goes
on as an undisturbed one would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from search.objectives import Objective
from spaces.choices import Space

if TYPE_CHECKING:
    import optuna


@dataclass(frozen=True)
class Problem:
    """What is searched.

    Args:
        space: draws the patterns.
        tasks: names of the tasks, sorted.
        objectives: what is optimised, in order.
    """

    space: Space
    tasks: tuple[str, ...]
    objectives: tuple[Objective, ...]


@dataclass(frozen=True)
class Draw:
    """What a sampler proposes.

    Args:
        choices: decisions by name, for `spaces.choices.replay`.
        notes: what an Optuna sampler wants to find in the trial again (a genetic algorithm its generation).
    """

    choices: dict[str, Any]
    notes: dict[str, Any] = field(default_factory=dict)


class Sampler(Protocol):
    """A frozen configuration dataclass that proposes patterns."""

    def check(self, problem: Problem) -> None:
        """Refuse a problem that this sampler cannot serve (ConfigError)."""

    def propose(self, problem: Problem, history: Sequence[optuna.trial.FrozenTrial], seed: int) -> Draw:
        """Propose a pattern, new or not.

        Args:
            problem: what is searched.
            history: trials so far, running ones among them, oldest first; the pattern's key is ``user_attrs["key"]``.
            seed: differs from proposal to proposal; equal inputs give equal proposals.
        """
