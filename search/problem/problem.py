"""The problem statement that samplers see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Protocol

from search.problem.bounds import USUAL, Limits, Reference, Stop
from search.problem.objectives import LATENCY, Objective
from search.problem.training_memory import TrainingMemory
from spaces.choices import Space
from spaces.networks.cost import Cost
from spaces.pattern.mixing import Gated
from spaces.pattern.sharing_pattern import SharingPattern


class Latency(Protocol):
    """How long patterns' networks take for one image, see `search.latency`."""

    @property
    def slowest(self) -> float:
        """Milliseconds of the slowest that was measured beforehand."""

    def measure(self, patterns: Sequence[SharingPattern]) -> None:
        """Measure those that are not known."""

    def tell(self, pattern: SharingPattern) -> tuple[float, float]:
        """Milliseconds, and the standard deviation of that: 0 where they were measured."""


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
        latency: of patterns, where it is wanted.
        memory: that trainings of patterns take; None where nobody asks.
        trials: patterns that are to be trained in all; None where that is not known.
        stop: when a search ends before; for samplers that choose several at a time.
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
    latency: Latency | None = None
    memory: TrainingMemory | None = None
    trials: int | None = None
    stop: Stop = field(default_factory=Stop)

    def most(self, pattern: SharingPattern) -> Cost:
        """The most that a pattern can cost, whatever its gates learn."""
        gated = any(isinstance(stage.mixing, Gated) for stage in pattern.encoder)
        return self.ceiling(pattern) if self.ceiling and gated else self.cost(pattern)

    def allows(self, pattern: SharingPattern) -> bool:
        """Whether a pattern is within the limits."""
        if not self.limits.allow(self.cost(pattern)):
            return False
        if self.memory is not None and not self.memory.allows(pattern):
            return False
        most = self.limits.latency_ms
        return self.latency is None or most is None or self.latency.tell(pattern)[0] <= most

    def tell_latency(self, pattern: SharingPattern) -> dict[str, float]:
        """The column of its latency; empty where it is not wanted."""
        return {} if self.latency is None else {LATENCY.name: self.latency.tell(pattern)[0]}

    def settle(self, pattern: SharingPattern) -> bool:
        """Measure what is still to be measured of a pattern that is to be trained; whether it is within the limits."""
        if self.latency is not None:
            self.latency.measure([pattern])
        return self.allows(pattern)
