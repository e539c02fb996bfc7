"""The sampler that trusts a supernet: the patterns of its estimated front that hold most, each trained to the end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from search.problem.estimates import foretell_trained
from search.problem.pareto import compute_hypervolume
from search.problem.problem import Problem
from search.samplers.candidates import collect_with_front
from search.samplers.sampler import Done, Draw, Sampler, Wait
from search.samplers.supernet_rule import refuse_unserved
from spaces.choices import Proposal

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial


@dataclass(frozen=True)
class Oneshot(Sampler):
    """Takes the patterns that are estimated to add most hypervolume, one after the other.

    In spaces too large to enumerate it chooses among the whole estimated front, see `search.problem.chain_front`. Its
    trials start from the supernet's weights and are final: nothing of the budget goes to trainings that only rank.
    """

    group: ClassVar[str] = "sampler"
    foretells: ClassVar[bool] = True
    delivers: ClassVar[bool] = True
    landmarks: ClassVar[bool] = False

    @property
    def uses_supernet(self) -> bool:
        """It does."""
        return True

    def check(self, problem: Problem) -> None:
        """Refuse a space whose patterns no supernet serves (ConfigError)."""
        refuse_unserved(problem, "sampler=oneshot")

    def propose(self, problem: Problem, history: Sequence[FrozenTrial], seed: int) -> Draw | Wait | Done:
        """The pattern that adds most to those that were taken, as they are foretold."""
        if problem.estimates is None:
            return Wait()
        seen = {trial.user_attrs["key"] for trial in history}
        found = _list_candidates(problem, seed)
        values = foretell_trained(problem, [each.pattern for each in found])
        directions = [objective.direction for objective in problem.objectives]
        taken = [row for row, each in enumerate(found) if each.pattern.key in seen]
        fresh = [row for row, each in enumerate(found) if each.pattern.key not in seen]
        if not fresh:
            return Done(f"Every pattern within the limits is trained, {len(taken)} in all.")

        def volume(rows: Sequence[int]) -> float:
            return compute_hypervolume(values[list(rows)], problem.point or (), directions)

        before = volume(taken)
        volumes = np.array([volume([*taken, row]) for row in fresh])
        best = int(volumes.argmax())
        return Draw(dict(found[fresh[best]].choices), gain=(volumes[best] - before) / before if before else None)


def _list_candidates(problem: Problem, seed: int) -> list[Proposal]:
    """Those within the limits, without what was not estimated in a space too large for that."""
    assert problem.estimates is not None
    found = [each for each in collect_with_front(problem, [], seed) if problem.allows(each.pattern)]
    told = [each for each in found if all(map(math.isfinite, problem.estimates(each.pattern).values()))]
    return told or found
