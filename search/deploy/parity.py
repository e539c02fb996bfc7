"""Whether an exported file answers as the trained network does, on images, at several numbers of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from search.deploy.format import Run
from spaces.errors import DataError

BATCHES = (1, 2, 5)  # one alone, as it was traced, and another: our choice
LARGEST = 1e-4  # difference relative to an output's range
LEAST = 0.01
"""Range of an output at least, by its largest value: one that is nearly constant differs by rounding alone, which is a
ten-millionth of its values and no small part of their range. Our choice."""


def measure_parity(file: Run, trained: Run, images: np.ndarray) -> dict[str, float]:
    """As `find_differences`, where all are small enough.

    Raises:
        DataError: a difference is too large, or the number of images is not free.
    """
    worst = find_differences(file, trained, images)
    beyond = [f"{name} by {value:.1e}" for name, value in worst.items() if not value <= LARGEST]
    if beyond:
        raise DataError(
            f"the exported file answers otherwise than the trained network, relative to the output's range: "
            f"{', '.join(beyond)}, where {LARGEST:g} is allowed; nothing was written, export to another format"
        )
    return worst


def find_differences(file: Run, trained: Run, images: np.ndarray) -> dict[str, float]:
    """Largest difference of each output relative to its range in the trained network's answers.

    Args:
        file: runs the exported file.
        trained: runs the network that was trained.
        images: (N, H, W, 3) uint8 RGB; repeated where there are fewer than wanted.

    Raises:
        DataError: the number of images is not free.
    """
    worst: dict[str, float] = {}
    for count in BATCHES:
        batch = np.ascontiguousarray(images[np.arange(count) % len(images)])
        wanted = trained(batch)
        try:
            found = file(batch)
        except Exception as error:  # of the runtime, which has its own
            raise DataError(
                f"the exported file fails for {count} images ({error}); export to another format"
            ) from error
        for name, values in wanted.items():
            worst[name] = float(np.maximum(worst.get(name, 0.0), _differ(found, name, values)))  # a NaN stays one
    return worst


def _differ(found: Mapping[str, np.ndarray], name: str, wanted: np.ndarray) -> float:
    if found[name].shape != wanted.shape:
        raise DataError(f"output {name} of the exported file has shape {found[name].shape}, not {wanted.shape}")
    spread = max(float(np.ptp(wanted)), LEAST * float(np.abs(wanted).max()), 1e-12)
    return float(np.abs(found[name].astype(np.float64) - wanted).max()) / spread
