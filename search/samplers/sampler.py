"""What a sampler sees and what it answers.

A sampler is a pure function of the problem, the trials so far and a seed; it keeps no state, so a resumed search goes
on as an undisturbed one would.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from search.jobs.probe import Probe
from search.problem.problem import Problem

if TYPE_CHECKING:
    import optuna


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


class Sampler(ABC):
    """A frozen configuration dataclass that proposes patterns.

    Attributes:
        foretells: whether it says what a training is expected to gain.
        delivers: whether its trials are final trainings: few, long ones, on a supernet's weights.
        landmarks: whether the space's landmarks are trained before it is asked.
    """

    foretells: ClassVar[bool] = False
    delivers: ClassVar[bool] = False
    landmarks: ClassVar[bool] = True

    @property
    def uses_supernet(self) -> bool:
        """Whether it rests on one training that estimates every pattern, see `Problem.estimates`."""
        return False

    @property
    def chained(self) -> bool:
        """Whether a trial goes on from the weights that the one before it has left."""
        return False

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
