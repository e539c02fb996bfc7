"""Where patterns lie in the space that models go by: their features, each as heavy as it counts."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from spaces.pattern.features import compute_features, weigh_features
from spaces.pattern.sharing_pattern import SharingPattern


@lru_cache(maxsize=2**14)  # proposals and best guesses ask for the same patterns after every trial
def locate(pattern: SharingPattern) -> np.ndarray:
    """``(features,)`` float32, which is not to be written to; patterns of the same tasks and stages have as many."""
    place = np.multiply(compute_features(pattern), weigh_features(pattern), dtype=np.float32)
    place.flags.writeable = False
    return place
