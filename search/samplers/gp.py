"""Gaussian process with expected hypervolume improvement, Optuna's, for flat spaces and up to some 300 trials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.samplers.model_based import Modelled

if TYPE_CHECKING:
    import optuna


@dataclass(frozen=True)
class Gp(Modelled):
    """One Gaussian process per objective; about a second a proposal. Conditional decisions are drawn at random."""

    def make(self, seed: int) -> optuna.samplers.BaseSampler:
        """Optuna's GP sampler."""
        from optuna.samplers import GPSampler  # optuna: 0.2 s, --help does without

        return GPSampler(n_startup_trials=self.startup, seed=seed)
