"""What a sampler sees and what it answers.

A sampler is a pure function of the problem, the trials so far and a seed; it keeps no state, so a resumed search goes
on as an undisturbed one would.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from search.objectives import Objective
from search.reference import USUAL, Reference
from search.settings import Limits
from spaces.choices import Space
from spaces.pattern import SharingPattern

if TYPE_CHECKING:
    import optuna

    from spaces.networks.build import SharedNetwork
    from trainers.cost import Cost
    from trainers.source import Source


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


@dataclass(frozen=True)
class Draw:
    """A pattern to train.

    Args:
        choices: decisions by name, for `spaces.choices.replay`.
        notes: what an Optuna sampler wants to find in the trial again (a genetic algorithm its generation).
        gain: hypervolume that its training is expected to add, as a share of what is there; None where not foretold.
        tries: how often the pattern may fail before it is given up; one that succeeded is never trained again.
    """

    choices: dict[str, Any]
    notes: dict[str, Any] = field(default_factory=dict)
    tries: int = 1
    gain: float | None = None


@dataclass(frozen=True)
class Wait:
    """Nothing to train before a running trial has ended."""


@dataclass(frozen=True)
class Done:
    """Nothing more to train, whatever the budget.

    Args:
        reason: a sentence for people.
    """

    reason: str


class Probe(Protocol):
    """A frozen configuration dataclass that finds out something about a trained network, on its worker."""

    @property
    def name(self) -> str:
        """Under which the finding is kept in the trial."""

    def find(self, network: SharedNetwork, training: Source) -> Any:
        """What was found, as values of JSON (DataError where nothing can be)."""


class Sampler(ABC):
    """A frozen configuration dataclass that proposes patterns.

    Attributes:
        foretells: whether it says what a training is expected to gain.
    """

    foretells: ClassVar[bool] = False

    @property
    def probe(self) -> Probe | None:
        """What has to be found out about every trained network, beyond its metrics."""
        return None

    def check(self, problem: Problem) -> None:  # noqa: B027 - most samplers serve every problem
        """Refuse a problem that this sampler cannot serve (ConfigError)."""

    def most(self, problem: Problem) -> int | None:
        """Trials after which this sampler has come to its end, failures aside; None where it has none."""
        return None

    @abstractmethod
    def propose(self, problem: Problem, history: Sequence[optuna.trial.FrozenTrial], seed: int) -> Draw | Wait | Done:
        """Propose a pattern, new or not.

        Args:
            problem: what is searched.
            history: trials so far, running ones among them, oldest first; the pattern's key is ``user_attrs["key"]``,
                what the probe found is ``user_attrs["findings"]``.
            seed: differs from proposal to proposal; equal inputs give equal proposals.

        Raises:
            UserError: what the history holds is not enough to go on, with the way out; the search stops there.
        """

    def marks(self, problem: Problem, history: Sequence[optuna.trial.FrozenTrial]) -> Mapping[str, str]:
        """Patterns that this sampler points out on the plots: words by pattern key."""
        return {}
