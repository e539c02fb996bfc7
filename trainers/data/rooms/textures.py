"""Solid textures: a colour for every point in space, so that any surface can wear any of them.

Kinds and colours are drawn alike for every class, so that a texture does not give the class away.
"""

from __future__ import annotations

import colorsys
import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Pattern = Callable[[np.ndarray, np.ndarray], np.ndarray]
_CELLS = 64  # edge of the periodic noise volume
_AXES = np.eye(3, dtype=np.float32)


@dataclass(frozen=True)
class Texture:
    """One paint.

    Args:
        kind: a key of ``PATTERNS``.
        colours: (2, 3) linear RGB in [0, 1], mixed by the pattern.
        scale: size of one unit of the pattern, in metres.
        direction: (3,) unit vector that stripes and veins run across.
        offset: (3,) shift of the pattern in its units.
    """

    kind: str
    colours: np.ndarray
    scale: float
    direction: np.ndarray
    offset: np.ndarray


def draw_texture(rng: np.random.Generator, *, scale: float) -> Texture:
    """A random texture whose unit is about ``scale`` metres."""
    kind = _KINDS[rng.integers(len(_KINDS))]
    first = _colour(rng)
    second = _colour(rng) if rng.random() < 0.4 else first * np.float32(rng.uniform(0.3, 0.75))
    tilt = 0.3 if rng.random() < 0.3 else 0.0
    direction = _AXES[rng.integers(3)] + tilt * rng.standard_normal(3, np.float32)
    return Texture(
        kind,
        np.array([first, second]),
        scale * rng.uniform(0.7, 1.4),
        direction / np.sqrt(direction @ direction),
        # Far from zero, so that truncation and floor agree; fractional, so that no face lies on a border.
        100 + rng.random(3, np.float32),
    )


def paint(texture: Texture, points: np.ndarray) -> np.ndarray:
    """Colours of points.

    Args:
        texture: the paint.
        points: (3, N) in the frame of the painted thing, metres.

    Returns:
        (3, N) linear RGB.
    """
    units = points / texture.scale + texture.offset[:, None]
    mix = PATTERNS[texture.kind](units, texture.direction)
    grain = _noise(points * np.float32(5) + texture.offset[:, None])
    first, second = texture.colours
    colour = first[:, None] + (second - first)[:, None] * mix
    return colour * (1 + np.float32(0.05) * grain)


def _colour(rng: np.random.Generator) -> np.ndarray:
    """A random linear RGB colour, mostly pale, never near black."""
    hue, value = rng.random(), rng.uniform(0.25, 0.9)
    return np.array(colorsys.hsv_to_rgb(hue, rng.beta(1.2, 2.0), value), np.float32)


def _plain(units: np.ndarray, direction: np.ndarray) -> np.ndarray:
    return np.clip(np.float32(0.2) + np.float32(0.15) * _noise(units * np.float32(0.4)), 0, 1)


def _checker(units: np.ndarray, direction: np.ndarray) -> np.ndarray:
    cells = units.astype(np.int32)
    return ((cells[0] + cells[1] + cells[2]) & 1).astype(np.float32)


def _stripes(units: np.ndarray, direction: np.ndarray) -> np.ndarray:
    return (np.floor(direction @ units).astype(np.int32) & 1).astype(np.float32)


def _tiles(units: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Squares with joints between them."""
    away = np.abs(units - np.floor(units) - np.float32(0.5))  # 0.5 at a joint
    return (away.max(0) > np.float32(0.45)).astype(np.float32)


def _veins(units: np.ndarray, direction: np.ndarray) -> np.ndarray:
    turns = direction @ units + _noise(units * np.float32(0.5))
    return np.float32(0.5) + np.float32(0.5) * np.sin(np.float32(6.2832) * turns)


def _blotches(units: np.ndarray, direction: np.ndarray) -> np.ndarray:
    return np.clip(np.float32(0.5) + np.float32(1.2) * _noise(units * np.float32(0.7)), 0, 1)


PATTERNS: dict[str, Pattern] = {
    "plain": _plain,
    "checker": _checker,
    "stripes": _stripes,
    "tiles": _tiles,
    "veins": _veins,
    "blotches": _blotches,
}
_KINDS = tuple(PATTERNS)


def _noise(units: np.ndarray) -> np.ndarray:
    """Smooth noise of unit variance at (3, N) points, read from a periodic volume, 16 cells a unit."""
    cells = (units * np.float32(16)).astype(np.int32) & (_CELLS - 1)
    return _volume().take((cells[0] * _CELLS + cells[1]) * _CELLS + cells[2])


@functools.cache
def _volume() -> np.ndarray:
    """Periodic noise, flattened, of unit variance and finer waves the weaker; the same for everyone."""
    white = np.fft.rfftn(np.random.default_rng(0).standard_normal((_CELLS,) * 3))
    whole, half = np.fft.fftfreq(_CELLS) * _CELLS, np.fft.rfftfreq(_CELLS) * _CELLS
    frequency = np.sqrt(whole[:, None, None] ** 2 + whole[None, :, None] ** 2 + half**2)
    # Periods, in units of the texture, from 1.3 (longer would only shade a surface evenly) to about 0.3.
    weight = np.where(frequency >= 3, np.maximum(frequency, 1) ** -2.5, 0) * np.exp(-((frequency / 12) ** 2))
    volume = np.fft.irfftn(white * weight, s=(_CELLS,) * 3, axes=(0, 1, 2))
    return (volume / volume.std()).astype(np.float32).ravel()
