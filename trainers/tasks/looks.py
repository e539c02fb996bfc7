"""What canonical targets look like, unless a task kind says otherwise: what is invalid, pictures, labels in words."""

from __future__ import annotations

import numpy as np

DARKEST = 0.25
"""Grey of what is valid and off, for what is invalid is black."""


def find_marked(targets: np.ndarray) -> np.ndarray:
    """Which are negative whole numbers, or NaN."""
    return targets < 0 if targets.dtype.kind in "iu" else np.isnan(targets)


def join_layers(mask: np.ndarray) -> np.ndarray:
    """``(N, ..., H, W) -> (N, H, W)``, what is marked in all layers of a pixel; masks of fewer axes as they are."""
    return np.asarray(mask.reshape(len(mask), -1, *mask.shape[-2:]).all(axis=1) if mask.ndim > 3 else mask)


def take_first_layer(targets: np.ndarray) -> np.ndarray:
    """``(N, ..., H, W) -> (N, H, W)``."""
    return targets.reshape(len(targets), -1, *targets.shape[-2:])[:, 0]


def shade_states(targets: np.ndarray) -> np.ndarray:
    """``(N, 1, H, W)`` of 0 and 1 -> ``(N, H, W, 3)``, dark grey and white."""
    return np.repeat(DARKEST + (1 - DARKEST) * np.maximum(targets[:, 0], 0)[..., None], 3, axis=3)


def spread_values(values: np.ndarray) -> tuple[float, float]:
    """Where the colours of values begin and end: outliers do not count."""
    values = values[~np.isnan(values)]
    low, high = np.percentile(values, [1, 99]) if values.size else (0, 1)
    return low, high


def write_label(target: np.ndarray) -> str:
    """A label of a whole image: one number, or the indices of those that are there."""
    if target.ndim:
        return ", ".join(str(index) for index in np.flatnonzero(target > 0)) or "none"
    return "?" if find_marked(target) else f"{target:.4g}" if target.dtype.kind == "f" else str(int(target))
