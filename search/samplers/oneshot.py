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
from spaces.fields import Fields

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

CHAINED, APART = "chained", "apart"


@dataclass(frozen=True)
class Oneshot(Sampler):
    """Takes the patterns that are estimated to add most hypervolume, one after the other.

    In spaces too large to enumerate it chooses among the whole estimated front, see `search.problem.chain_front`. Its
    trials are final: nothing of the budget goes to trainings that only rank.

    Args:
        order: "chained": one after the other, the costliest first, from the supernet's weights and what the one before
            has made of these, for whoever shares most gains most by an encoder that less of sharing has trained
            (measured, see experiments/README.md; our choice). "apart": each from the supernet's, side by side.

    Raises:
        ConfigError: another order.
    """

    order: str = CHAINED

    group: ClassVar[str] = "sampler"
    foretells: ClassVar[bool] = True
    delivers: ClassVar[bool] = True
    landmarks: ClassVar[bool] = False

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.one_of("order", (CHAINED, APART))
        fields.done()

    @property
    def chained(self) -> bool:
        """Whether they are one after the other."""
        return self.order == CHAINED

    @property
    def uses_supernet(self) -> bool:
        """It does."""
        return True

    def check(self, problem: Problem) -> None:
        """Refuse a space whose patterns no supernet serves (ConfigError)."""
        refuse_unserved(problem, "sampler=oneshot")

    def propose(self, problem: Problem, history: Sequence[FrozenTrial], seed: int) -> Draw | Wait | Done:
        """What adds most to those that were taken, as they are foretold; in a chain the costliest of what is left."""
        if problem.estimates is None or (self.chained and any(trial.state.name == "RUNNING" for trial in history)):
            return Wait()
        seen = {trial.user_attrs["key"] for trial in history}
        found = _list_candidates(problem, seed)
        values = foretell_trained(problem, [each.pattern for each in found])
        held = {trial.user_attrs["key"] for trial in history if trial.state.name != "FAIL"}  # a failed one adds nothing
        taken = [row for row, each in enumerate(found) if each.pattern.key in held]
        fresh = [row for row, each in enumerate(found) if each.pattern.key not in seen]
        if not fresh:
            return Done(f"Every pattern within the limits is trained, {len(seen)} in all.")
        left = max(1, (problem.trials or 0) - len(seen)) if self.chained else 1
        gains = _choose_fresh(problem, values, taken, fresh, left)
        row = max(gains, key=lambda each: (problem.cost(found[each].pattern).macs, -each))
        return Draw(dict(found[row].choices), gain=gains[row])


def _choose_fresh(
    problem: Problem, values: np.ndarray, taken: Sequence[int], fresh: Sequence[int], count: int
) -> dict[int, float | None]:
    """The rows that add most hypervolume, one after the other, and by what share of what is there each does.

    From the second on those alone that are worth a training: in a chain it is not the first of them that comes next.
    """
    directions = [objective.direction for objective in problem.objectives]
    chosen = list(taken)
    gains: dict[int, float | None] = {}
    before = compute_hypervolume(values[chosen], problem.point or (), directions)
    for _ in range(min(count, len(fresh))):
        left = [row for row in fresh if row not in gains]
        volumes = [compute_hypervolume(values[[*chosen, row]], problem.point or (), directions) for row in left]
        best = int(np.argmax(volumes))
        gain = (volumes[best] - before) / before if before else None
        if gains and problem.stop.explain(gain):
            break
        gains[left[best]] = gain
        chosen.append(left[best])
        before = volumes[best]
    return gains


def _list_candidates(problem: Problem, seed: int) -> list[Proposal]:
    """Those within the limits, without what was not estimated in a space too large for that."""
    assert problem.estimates is not None
    found = [each for each in collect_with_front(problem, [], seed) if problem.allows(each.pattern)]
    told = [each for each in found if all(map(math.isfinite, problem.estimates(each.pattern).values()))]
    return told or found
