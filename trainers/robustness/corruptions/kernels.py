"""Averaging over neighbours, on which blurs and weather are built: kernels, filtering, places between pixels."""

from __future__ import annotations

import numpy as np

FINE = 5  # points across a pixel that say how much of it a kernel covers: our choice


def filter_images(images: np.ndarray, kernels: np.ndarray) -> np.ndarray:
    """Average neighbours, edges continued.

    Args:
        images: (B, H, W, C).
        kernels: (B, k, k) or (1, k, k) weights that add up to 1, k odd.
    """
    from scipy.signal import fftconvolve  # scipy.signal: 0.5 s, commands that know the names alone do without

    reach = kernels.shape[1] // 2
    padded = np.pad(images, ((0, 0), (reach, reach), (reach, reach), (0, 0)), mode="edge")
    return fftconvolve(padded, kernels[..., None], mode="valid", axes=(1, 2)).astype(np.float32)


def filter_gaussian(images: np.ndarray, sigma: float) -> np.ndarray:
    """Average neighbours ``(B, H, W, C)`` by how much of a Gaussian lies over each pixel, edges continued.

    Over the pixel, not at its middle: a standard deviation below half a pixel would else do nothing.
    """
    # scipy: 0.5 s, commands that know the names alone do without
    from scipy.ndimage import correlate1d
    from scipy.special import ndtr

    reach = int(np.ceil(4 * sigma)) + 1
    rims = ndtr((np.arange(2 * reach + 2) - reach - 0.5) / sigma)
    weights = np.diff(rims) / (rims[-1] - rims[0])
    return correlate1d(correlate1d(images, weights, axis=1, mode="nearest"), weights, axis=2, mode="nearest")


def make_disk(radius: float) -> np.ndarray:
    """(1, k, k) weights of the pixels by how much of them a disk covers."""
    size = 2 * int(np.ceil(radius + 0.5)) - 1
    places = (np.arange(size * FINE) + 0.5) / FINE - size / 2
    inside = places[:, None] ** 2 + places**2 <= radius**2 + 1e-9  # points on the rim alike on all sides
    cover = inside.reshape(size, FINE, size, FINE).mean((1, 3), dtype=np.float32)
    cover[size // 2, size // 2] = max(cover[size // 2, size // 2], 1 / FINE**2)  # a disk between all points
    return (cover / cover.sum())[None]


def make_lines(length: float, angles: np.ndarray) -> np.ndarray:
    """(B, k, k) weights along lines through the middle, so long in pixels; angles (B,) in radians."""
    reach = int(np.ceil(length / 2))
    along = np.linspace(-length / 2, length / 2, 4 * reach + 3)  # (P,) two points a pixel and more
    rows, columns = np.sin(angles)[:, None] * along, np.cos(angles)[:, None] * along  # (B, P)
    grid = np.arange(-reach - 1, reach + 2)
    near_rows = np.maximum(0, 1 - np.abs(rows[..., None] - grid))  # (B, P, k), bilinear
    near_columns = np.maximum(0, 1 - np.abs(columns[..., None] - grid))
    weights = np.einsum("bpi,bpj->bij", near_rows, near_columns).astype(np.float32)
    return weights / weights.sum((1, 2), keepdims=True)


def zoom_images(images: np.ndarray, factor: float) -> np.ndarray:
    """``(B, H, W, C)`` enlarged about the middle and cut to their size, bilinear."""
    height, width = images.shape[1:3]
    return _resample(_resample(images, _places(height, factor), 1), _places(width, factor), 2)


def enlarge_maps(maps: np.ndarray, height: int, width: int) -> np.ndarray:
    """``(B, h, w)`` brought to another size, bilinear, corner to corner."""
    rows, columns = np.linspace(0, maps.shape[1] - 1, height), np.linspace(0, maps.shape[2] - 1, width)
    return _resample(_resample(maps[..., None], rows, 1), columns, 2)[..., 0]


def _places(size: int, factor: float) -> np.ndarray:
    middle = (size - 1) / 2
    return middle + (np.arange(size) - middle) / factor


def _resample(images: np.ndarray, places: np.ndarray, axis: int) -> np.ndarray:
    """Values at places between the pixels of an axis."""
    below = np.clip(np.floor(places).astype(int), 0, images.shape[axis] - 1)
    above = np.minimum(below + 1, images.shape[axis] - 1)
    share = np.clip(places - below, 0, 1).astype(np.float32)
    share = share.reshape([-1 if each == axis else 1 for each in range(images.ndim)])
    return images.take(below, axis=axis) * (1 - share) + images.take(above, axis=axis) * share
