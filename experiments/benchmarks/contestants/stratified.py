"""The trivial rival of a search: patterns whose costs lie apart, whatever they are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from search.problem.problem import Problem
from search.samplers.candidates import choose_apart, enumerate_all
from search.samplers.sampler import Done, Draw, Sampler

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial


@dataclass(frozen=True)
class Stratified(Sampler):
    """The ends of the costs, then one in the middle of the widest gap between them, ties at random."""

    group: ClassVar[str] = "sampler"

    def propose(self, problem: Problem, history: Sequence[FrozenTrial], seed: int) -> Draw | Done:
        """The next one; the ends are the landmarks, which come first."""
        found = enumerate_all(problem.space, problem.tasks)  # type: ignore[arg-type]  # frozen, as no protocol says
        seen = {trial.user_attrs["key"] for trial in history}
        fresh = [each for each in found if each.pattern.key not in seen and problem.allows(each.pattern)]
        if not fresh:
            return Done("Every pattern is trained.")
        known = [each for each in found if each.pattern.key in seen]
        return Draw(dict(choose_apart(problem, fresh, known, seed).choices))
