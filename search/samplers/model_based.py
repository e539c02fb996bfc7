"""What Optuna's model-based samplers have in common: random trials first, then proposals of the model."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from search.problem.problem import Problem
from search.samplers.sampler import Draw, Sampler
from spaces.fields import Fields

if TYPE_CHECKING:
    import optuna


@dataclass(frozen=True)
class Modelled(Sampler):
    """Asks one of Optuna's samplers, made anew for every proposal.

    Args:
        startup: trials drawn at random first.

    Raises:
        ConfigError: startup is not a whole number >= 1.
    """

    startup: int = 8
    group: ClassVar[str] = "sampler"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.integer("startup", low=1)
        fields.done()

    def propose(self, problem: Problem, history: Sequence[optuna.trial.FrozenTrial], seed: int) -> Draw:
        """Ask Optuna."""
        from search.samplers.ask_optuna import ask  # optuna: 0.2 s, --help does without

        return ask(self.make(seed), problem, history)

    @abstractmethod
    def make(self, seed: int) -> optuna.samplers.BaseSampler:
        """Optuna's sampler with this seed."""
