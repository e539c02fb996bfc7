"""Every pattern of a small space, once each, in the order of enumeration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from search.problem.problem import Problem
from search.samplers.sampler import Draw, Sampler
from spaces.choices import Proposal, count_patterns, enumerate_patterns
from spaces.errors import ConfigError

if TYPE_CHECKING:
    import optuna

LARGEST = 10_000  # patterns; our choice, a larger space is not trained whole by anybody


@dataclass(frozen=True)
class Exhaustive(Sampler):
    """Enumerates the space; a budget smaller than the space ends the enumeration early."""

    group: ClassVar[str] = "sampler"

    def check(self, problem: Problem) -> None:
        """Refuse a space that is too large.

        Raises:
            ConfigError: the space has more than 10,000 patterns.
        """
        if count_patterns(problem.space, problem.tasks, at_most=LARGEST + 1) > LARGEST:
            raise ConfigError(
                f"sampler=exhaustive: the space has more than {LARGEST} patterns for {len(problem.tasks)} tasks; "
                "choose another sampler, such as sampler=tpe"
            )

    def propose(self, problem: Problem, history: Sequence[optuna.trial.FrozenTrial], seed: int) -> Draw:
        """The first pattern that is not in the history; any pattern when all are."""
        seen = {trial.user_attrs["key"] for trial in history}
        proposals = _all(problem)
        fresh = (proposal for proposal in proposals if proposal.pattern.key not in seen)
        return Draw(dict(next(fresh, proposals[0]).choices))


@lru_cache(maxsize=1)
def _all(problem: Problem) -> tuple[Proposal, ...]:
    return tuple(enumerate_patterns(problem.space, problem.tasks))
