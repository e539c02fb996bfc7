"""The problem statement that samplers see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter

from search.problem.bounds import USUAL, Limits, Reference
from search.problem.objectives import Objective
from spaces.choices import Space
from spaces.networks.cost import Cost
from spaces.pattern.sharing_pattern import SharingPattern


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
        estimates: objectives by name that a supernet tells of a pattern, and main tasks' changes by "<task>.delta";
            None where there is no such training, or before it has ended.
        identify: names the network that comes of a pattern: of patterns with one name one is trained.
    """

    space: Space
    tasks: tuple[str, ...]
    objectives: tuple[Objective, ...]
    cost: Callable[[SharingPattern], Cost]
    limits: Limits = field(default_factory=Limits)
    ceiling: Callable[[SharingPattern], Cost] | None = None
    reference: Reference = USUAL
    point: tuple[float, ...] | None = None
    estimates: Callable[[SharingPattern], Mapping[str, float]] | None = None
    identify: Callable[[SharingPattern], str] = attrgetter("key")

    def most(self, pattern: SharingPattern) -> Cost:
        """The most that a pattern can cost, whatever its gates learn (but see `compute_ceiling`)."""
        return (self.ceiling or self.cost)(pattern)

    def allows(self, pattern: SharingPattern) -> bool:
        """Whether a pattern is within the limits."""
        return self.limits.allow(self.cost(pattern))
