"""Images to corrupt: drawn rooms, of two sizes and one that is not square."""

from __future__ import annotations

import numpy as np

from trainers.data.rooms.drawing import draw_scenes
from trainers.robustness.corruptions.corruption import SEVERITIES, Corruption, corrupt


def draw_images(size: int = 48, count: int = 3) -> np.ndarray:
    """(count, size, size, 3) float32 in [0, 1]."""
    return draw_scenes({"val": count}, size, seed=0)["val.images"] / np.float32(255)


def deviate(images: np.ndarray, corruption: Corruption) -> list[float]:
    """Mean absolute change at each severity, from 0."""
    numbers = range(len(images))
    changed = [corrupt(images, corruption, severity, 0, numbers) for severity in (0, *SEVERITIES)]
    return [float(np.abs(each - images).mean()) for each in changed]
