"""Weather and light: fog, snow, frost, brightness; strengths near those of Hendrycks & Dietterich (2019).

Fog and frost lie on clouds that are drawn here, where the published frost is cut from photographs (our choice).
"""

from __future__ import annotations

import numpy as np

from trainers.robustness.corruptions.corruption import Corruption, Draws, scale_length
from trainers.robustness.corruptions.kernels import enlarge_maps, filter_images, make_lines

FAMILY = "weather"
OCTAVES = (2, 4, 8, 16, 32, 64)  # cells across the image of the layers of a cloud
DECAY = 0.5  # of a layer's weight from each to the finer next
FLAKE = 5  # side of a snow flake, as lengths of blurs are
COLD = np.array([0.75, 0.87, 1.0], np.float32)  # colour of ice


def add_fog(images: np.ndarray, strength: float, draws: Draws) -> np.ndarray:
    """Bright clouds before the scene, whose contrast falls by as much."""
    top = images.max((1, 2, 3), keepdims=True)
    veil = np.float32(strength) * _draw_clouds(images, draws, DECAY)[..., None]
    return (images + veil) * top / np.maximum(top + np.float32(strength), 1e-6)


def add_snow(images: np.ndarray, strength: float, draws: Draws) -> np.ndarray:
    """A paler scene, and falling flakes that are drawn out along their way; a share of the image is flakes."""
    height, width = images.shape[1:3]
    size = max(1.0, scale_length(FLAKE, images))
    cells = int(np.ceil(height / size)) + 1, int(np.ceil(width / size)) + 1
    chance = np.stack([rng.random(cells, np.float32) for rng in draws])
    angles = np.array([rng.uniform(-3, -1) * np.pi / 4 for rng in draws])  # downwards, as published
    flakes = enlarge_maps((chance < strength).astype(np.float32), height, width)[..., None]
    flakes = filter_images(flakes, make_lines(2 * size, angles))
    grey = images.mean(3, keepdims=True)
    pale = np.maximum(images, grey * 1.5 + 0.5)
    share = np.float32(0.2 + strength / 2)
    return (1 - share) * images + share * pale + flakes


def add_frost(images: np.ndarray, strength: float, draws: Draws) -> np.ndarray:
    """Ice on the pane, densest where a rough cloud is: it hides the scene there and lights it up."""
    ice = _draw_clouds(images, draws, 0.8)[..., None]
    cover = np.float32(strength) * np.clip(0.2 + 1.4 * ice, 0, 1)
    return images * (1 - cover) + cover * COLD * (0.6 + 0.4 * ice)


def add_brightness(images: np.ndarray, strength: float, draws: Draws) -> np.ndarray:
    """The largest of a pixel's colours grows by so much, hue and saturation stay (HSV)."""
    value = images.max(3, keepdims=True)
    brighter = np.minimum(value + np.float32(strength), 1)
    return np.where(value > 0, images * brighter / np.maximum(value, 1e-6), brighter)


def _draw_clouds(images: np.ndarray, draws: Draws, decay: float) -> np.ndarray:
    """(B, H, W) in [0, 1]: layers of noise, each finer and weaker than the last, as of a fractal."""
    height, width = images.shape[1:3]
    clouds = np.zeros(images.shape[:3], np.float32)
    for layer, cells in enumerate(OCTAVES):
        if layer and cells > max(height, width):
            break
        coarse = np.stack([rng.random((cells + 1, cells + 1), np.float32) for rng in draws])
        clouds += np.float32(decay**layer) * enlarge_maps(coarse, height, width)
    low, high = clouds.min((1, 2), keepdims=True), clouds.max((1, 2), keepdims=True)
    return (clouds - low) / np.maximum(high - low, 1e-6)


WEATHER = (
    Corruption("fog", FAMILY, (1.0, 1.5, 2.0, 2.5, 3.0), add_fog),
    Corruption("snow", FAMILY, (0.03, 0.06, 0.1, 0.14, 0.2), add_snow),
    Corruption("frost", FAMILY, (0.5, 0.6, 0.7, 0.8, 0.9), add_frost),
    Corruption("brightness", FAMILY, (0.1, 0.2, 0.3, 0.4, 0.5), add_brightness),
)
