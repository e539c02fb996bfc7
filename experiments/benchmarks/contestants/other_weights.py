"""The model-based sampler with other weights of what a branch or a workspace is made of: none, and as much as all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from search.samplers.frontier import Frontier
from spaces.pattern.features import compute_features, name_features
from spaces.pattern.option_features import OPTIONS
from spaces.pattern.sharing_pattern import SharingPattern


@dataclass(frozen=True)
class Unseeing(Frontier):
    """Frontier by how much is shared, not by what: without primitives, recombinations, kernels, flows and norms."""

    def describe(self, pattern: SharingPattern) -> np.ndarray:
        """Features of a pattern without those."""
        named = zip(name_features(pattern), compute_features(pattern), strict=True)
        return np.array([value for name, value in named if name.split(".", 2)[-1] not in OPTIONS], dtype=np.float32)


@dataclass(frozen=True)
class Level(Frontier):
    """Frontier by all features alike: what is the same at four stages counts four times."""

    def describe(self, pattern: SharingPattern) -> np.ndarray:
        """Features of a pattern as they are."""
        return np.array(compute_features(pattern), dtype=np.float32)
