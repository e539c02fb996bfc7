"""Tree-structured Parzen estimator, Optuna's (Watanabe 2023), for several objectives."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.samplers.model_based import Modelled

if TYPE_CHECKING:
    import optuna


@dataclass(frozen=True)
class Tpe(Modelled):
    """Multivariate and grouped: decisions are modelled together, conditional ones in groups."""

    def make(self, seed: int) -> optuna.samplers.BaseSampler:
        """Optuna's TPE."""
        # optuna: 0.2 s, --help does without
        from optuna.exceptions import ExperimentalWarning
        from optuna.samplers import TPESampler

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)  # group= may still change in Optuna
            return TPESampler(n_startup_trials=self.startup, multivariate=True, group=True, seed=seed)
