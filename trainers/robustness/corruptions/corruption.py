"""What a corruption is: something that befalls images alone, in five severities, and leaves their geometry as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

SEVERITIES = (1, 2, 3, 4, 5)
USUAL_SIDE = 224
"""Pixels of the shorter side for which the published lengths were chosen; ours grow and shrink with the image."""

Draws = Sequence[np.random.Generator]
"""A generator an image, so that what befalls an image does not depend on which others come with it."""
Change = Callable[[np.ndarray, float, Draws], np.ndarray]
"""Of images ``(B, H, W, 3)`` float32 in [0, 1], a strength and generators; what leaves [0, 1] is cut off later."""


@dataclass(frozen=True)
class Corruption:
    """One way in which images go bad.

    Args:
        name: unique among all.
        family: "noise", "blur", "weather" or "digital".
        strengths: one a severity; what they mean is the change's own matter.
        change: what happens.
    """

    name: str
    family: str
    strengths: tuple[float, float, float, float, float]
    change: Change


def corrupt(images: np.ndarray, corruption: Corruption, severity: int, seed: int, numbers: Sequence[int]) -> np.ndarray:
    """Corrupt images, the same way whenever and in whatever company they come.

    Args:
        images: (B, H, W, 3) float32 in [0, 1]; left as they are.
        corruption: what befalls them.
        severity: 1 to 5, or 0 for none at all.
        seed: of whatever is drawn.
        numbers: of the images in their split, B of them.

    Returns:
        As the images, on the 256 levels of a file of 8 bits, as those of the published sets are.
    """
    if severity == 0:
        return images.copy()
    # Not of the severity, so that a harder one is the same thing, only harder.
    draws = [np.random.default_rng([seed, number, *corruption.name.encode()]) for number in numbers]
    changed = corruption.change(images, corruption.strengths[severity - 1], draws)
    levels = np.rint(np.clip(changed, 0, 1) * 255)
    return (levels / 255).astype(np.float32)


def scale_length(length: float, images: np.ndarray) -> float:
    """Pixels of ``(B, H, W, 3)`` images that are as much of them as a length is of an image of the usual size."""
    return length * min(images.shape[1:3]) / USUAL_SIDE
