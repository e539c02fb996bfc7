"""Brings images and their canonical targets to one size."""

from __future__ import annotations

import numpy as np
from PIL import Image


def resized_image(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """``(H, W, 3)`` uint8 at another size, bilinear; averaged over all pixels that a smaller one covers."""
    if image.shape[:2] == size:
        return image
    height, width = size
    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR))


def resized_target(target: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A canonical target ``(..., H, W)`` at another size: of each new pixel's centre the nearest old one.

    No value is blended or changed; a depth stays the depth of its object, and normals keep their directions, which is
    right where height and width change alike.
    """
    if target.ndim < 2 or target.shape[-2:] == size:  # of an image as a whole, or there already
        return target
    rows, columns = (_nearest(new, old) for new, old in zip(size, target.shape[-2:], strict=True))
    return target[..., rows[:, None], columns]


def _nearest(new: int, old: int) -> np.ndarray:
    return ((np.arange(new) + 0.5) * (old / new)).astype(np.intp)
