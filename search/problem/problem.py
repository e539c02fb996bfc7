"""The problem statement that samplers see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from search.config.sections import USUAL, Limits, Reference
from search.problem.objectives import Objective, resolve_objectives
from spaces.choices import Space
from spaces.pattern.sharing_pattern import SharingPattern

if TYPE_CHECKING:
    from spaces.networks.cost import Cost
if TYPE_CHECKING:
    pass
    from search.config.settings import Settings
    from spaces.networks.cost import Cost
    from spaces.pattern.sharing_pattern import SharingPattern


def _remembered(price: Callable[[SharingPattern], Cost]) -> Callable[[SharingPattern], Cost]:
    """The same, each pattern priced once: samplers ask for all trials at every proposal."""
    known: dict[str, Cost] = {}

    def priced(pattern: SharingPattern) -> Cost:
        if pattern.key not in known:
            known[pattern.key] = price(pattern)
        return known[pattern.key]

    return priced


def state_problem(settings: Settings) -> Problem:
    """What is searched; torch is imported with the first cost that is asked for."""
    pass
    from spaces.networks.cost import compute_ceiling, compute_cost

    tasks = settings.data.selected
    outputs = {task.name: task.output for task in tasks}
    price, most = (
        _remembered(partial(each, family=settings.network, outputs=outputs, size=settings.data.size))
        for each in (compute_cost, compute_ceiling)
    )
    names, wanted = tuple(sorted(outputs)), resolve_objectives(settings.objectives, tasks)
    return Problem(settings.space, names, wanted, price, settings.limits, most, settings.reference)


@dataclass(frozen=True)
class Problem:
    """What is searched.

    Args:
        space: draws the patterns.
        tasks: names of the tasks, sorted.
        objectives: what is optimised, in order.
        cost: exact cost of a pattern; of one with gates, the least that can be left of it.
        limits: patterns beyond them are never trained.
        ceiling: the most that can be left of a pattern with gates; None where it is no different.
        reference: the worst values that count.
        point: the same in numbers, one an objective, fixed when a search starts; None where it is not known.
    """

    space: Space
    tasks: tuple[str, ...]
    objectives: tuple[Objective, ...]
    cost: Callable[[SharingPattern], Cost]
    limits: Limits = field(default_factory=Limits)
    ceiling: Callable[[SharingPattern], Cost] | None = None
    reference: Reference = USUAL
    point: tuple[float, ...] | None = None

    def most(self, pattern: SharingPattern) -> Cost:
        """The most that a pattern can cost, whatever its gates learn."""
        return (self.ceiling or self.cost)(pattern)

    def allows(self, pattern: SharingPattern) -> bool:
        """Whether a pattern is within the limits."""
        return self.limits.allow(self.cost(pattern))
