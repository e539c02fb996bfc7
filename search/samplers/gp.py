"""Gaussian process with expected hypervolume improvement, Optuna's, for flat spaces and up to some 300 trials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from search.samplers.sampler import Draw, Problem
from spaces.fields import Fields

if TYPE_CHECKING:
    import optuna


@dataclass(frozen=True)
class Gp:
    """One Gaussian process per objective over the decisions; seconds per proposal.

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

    def check(self, problem: Problem) -> None:
        """Serves every problem; decisions that not all patterns make are drawn at random."""

    def propose(self, problem: Problem, history: Sequence[optuna.trial.FrozenTrial], seed: int) -> Draw:
        """Ask Optuna."""
        from optuna.samplers import GPSampler

        from search.samplers.ask_optuna import ask

        return ask(GPSampler(n_startup_trials=self.startup, seed=seed), problem, history)
