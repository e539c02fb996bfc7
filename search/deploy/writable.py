"""Arrays as torch takes them without a warning."""

from __future__ import annotations

import numpy as np


def writable(array: np.ndarray) -> np.ndarray:
    """The array itself where its values lie in a row and may be written, as torch wants it; else a copy.

    What Pillow hands out and what is mapped from a file may not be.
    """
    return np.require(array, requirements=["C", "W"])
