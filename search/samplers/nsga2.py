"""NSGA-II, Optuna's (Deb et al. 2002): a genetic algorithm for long searches with many workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from search.problem.problem import Problem
from search.samplers.sampler import Draw, Sampler
from spaces.fields import Fields

if TYPE_CHECKING:
    import optuna


@dataclass(frozen=True)
class Nsga2(Sampler):
    """Generations of a fixed size.

    Args:
        population: trials a generation; our choice is smaller than Optuna's 50, since trainings are dear.

    Raises:
        ConfigError: population is not a whole number >= 2.
    """

    population: int = 16
    group: ClassVar[str] = "sampler"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.integer("population", low=2)
        fields.done()

    def propose(self, problem: Problem, history: Sequence[optuna.trial.FrozenTrial], seed: int) -> Draw:
        """Ask Optuna."""
        from optuna.samplers import NSGAIISampler  # optuna: 0.2 s, --help does without

        from search.samplers.ask_optuna import ask  # as above

        return ask(NSGAIISampler(population_size=self.population, seed=seed), problem, history)
