"""Normals of Cityscapes, which follow from its depth and the cameras that took it.

Progressive Decoder Fusion (Gurulingan et al. 2022 and its released code) has them so, from depth up to 80 m at 512x1024
pixels and from the intrinsics that come with each image, by Kornia's ``depth_to_normals``: points in space, their
derivatives in the image by Sobel's filter, the cross product of these. Our choice, or not known of the paper:

- depth is along the optical axis, as disparity has it, where the released code takes it for the length of the ray;
- normals point towards the camera (x right, y down, z forward), where Kornia's point away from it;
- a pixel is invalid where any of the 3x3 depths is, and along the border of the image.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trainers.data.cityscapes import camera_of, find_step, metres, read_camera

VERSION = "1"
"""Of what the reader gives: part of the data's name, so another text when that changes, or when `metres` does."""
FARTHEST = 80.0
"""Metres up to which the paper has depth."""


@dataclass(frozen=True)
class Lens:
    """Intrinsics of a pinhole camera, in pixels.

    Args:
        fx: focal length across.
        fy: focal length down.
        u0: column of the optical axis.
        v0: row of the optical axis.
    """

    fx: float
    fy: float
    u0: float
    v0: float


def normals(path: Path) -> np.ndarray:
    """Normals ``(H, W, 3)`` float32 of a disparity map, unit vectors; the zero vector where not known.

    Pixels are compared that are as far apart as neighbours are at 512x1024, so that what is resized to this afterwards
    is what depth of that size gives.

    Args:
        path: of a disparity map; ``camera/`` beside ``disparity/`` has the camera of each.

    Raises:
        DataError: a file is missing, damaged or no such thing.
    """
    depth = metres(path)
    names = ("intrinsic.fx", "intrinsic.fy", "intrinsic.u0", "intrinsic.v0")
    lens = Lens(*read_camera(camera_of(path), names))
    return derive_normals(np.where(depth <= FARTHEST, depth, 0), lens, find_step(depth.shape[0]))


def derive_normals(depth: np.ndarray, lens: Lens, step: int = 1) -> np.ndarray:
    """Normals of the surface that a depth map shows, towards the camera: ``(H, W, 3)`` float32.

    Args:
        depth: ``(H, W)`` metres along the axis, 0 where not known.
        lens: that saw it.
        step: how far apart the 3x3 pixels of the filter are.

    Returns:
        Unit vectors; the zero vector where one of the 3x3 depths is not known, and along the border.
    """
    height, width = depth.shape
    z = depth.astype(np.float32)
    across, down = (np.arange(width) - lens.u0) / lens.fx, (np.arange(height) - lens.v0) / lens.fy
    points = np.stack([z * across.astype(np.float32), z * down.astype(np.float32)[:, None], z])  # (3, H, W)
    right = _differ(_smooth(points, 1, step), 2, step)  # (3, H - 2 step, W - 2 step)
    below = _differ(_smooth(points, 2, step), 1, step)
    vectors = _cross(below, right)
    length = np.sqrt(np.square(vectors).sum(0))
    known = (_smooth(_smooth((z > 0)[None].astype(np.int8), 1, step), 2, step)[0] == 16) & (length > 0)
    found = np.zeros((height, width, 3), np.float32)
    found[step:-step, step:-step] = np.moveaxis(vectors * (known / np.where(known, length, 1)), 0, -1)
    return found


def _cross(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Cross product of vectors along the first axis."""
    (a, b, c), (x, y, z) = one, other
    return np.stack([b * z - c * y, c * x - a * z, a * y - b * x])


def _smooth(planes: np.ndarray, axis: int, step: int) -> np.ndarray:
    """Sobel's 1, 2, 1 along an axis."""
    before, middle, after = _take(planes, axis, step)
    return before + 2 * middle + after


def _differ(planes: np.ndarray, axis: int, step: int) -> np.ndarray:
    """Sobel's -1, 0, 1 along an axis."""
    before, _, after = _take(planes, axis, step)
    return after - before


def _take(planes: np.ndarray, axis: int, step: int) -> list[np.ndarray]:
    """Three views along an axis, ``step`` apart, each ``2 * step`` shorter."""
    moved = np.moveaxis(planes, axis, 0)
    cuts = (slice(None, -2 * step), slice(step, -step), slice(2 * step, None))
    return [np.moveaxis(moved[cut], 0, axis) for cut in cuts]
