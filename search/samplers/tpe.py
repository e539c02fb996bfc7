"""Tree-structured Parzen estimator, Optuna's (Watanabe 2023), for several objectives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from search.samplers.sampler import Draw, Problem
from spaces.fields import Fields

if TYPE_CHECKING:
    import optuna


@dataclass(frozen=True)
class Tpe:
    """Multivariate and grouped: decisions are modelled together, conditional ones in groups.

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
        """Serves every problem."""

    def propose(self, problem: Problem, history: Sequence[optuna.trial.FrozenTrial], seed: int) -> Draw:
        """Ask Optuna."""
        import warnings

        from optuna.exceptions import ExperimentalWarning
        from optuna.samplers import TPESampler

        from search.samplers.ask_optuna import ask

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)  # group= may still change in Optuna
            sampler = TPESampler(n_startup_trials=self.startup, multivariate=True, group=True, seed=seed)
        return ask(sampler, problem, history)
