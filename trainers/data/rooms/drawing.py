"""Whole splits of rooms: drawn one by one, looked into, and kept as arrays."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from trainers.data.rooms.layout import draw_room
from trainers.data.rooms.raycast import render_view


def draw_scenes(counts: Mapping[str, int], size: int, seed: int) -> dict[str, np.ndarray]:
    """Draw all images of all splits.

    Args:
        counts: number of images by split.
        size: height and width in pixels.
        seed: of all of it.

    Returns:
        "<split>.<array>" for the arrays of ``View``, images first; normals as float16.
    """
    arrays: dict[str, np.ndarray] = {}
    for number, (split, count) in enumerate(counts.items()):
        kinds: dict[str, np.ndarray] = {
            "images": np.empty((count, size, size, 3), np.uint8),
            "segmentation": np.empty((count, size, size), np.uint8),
            "depth": np.empty((count, size, size), np.float32),
            "normals": np.empty((count, size, size, 3), np.float16),  # within 0.03 degrees, at half the space
            "edges": np.empty((count, size, size), np.uint8),
        }
        for index in range(count):
            rng = np.random.default_rng([seed, number, index])
            view = render_view(draw_room(rng), size, rng)
            for name, array in kinds.items():
                array[index] = getattr(view, name)
        arrays |= {f"{split}.{name}": array for name, array in kinds.items()}
    return arrays
