"""Noise of sensors and of transmission, drawn pixel by pixel; strengths are those of Hendrycks & Dietterich (2019)."""

from __future__ import annotations

import numpy as np

from trainers.robustness.corruptions.corruption import Corruption, Draws

FAMILY = "noise"


def add_gaussian(images: np.ndarray, strength: float, draws: Draws) -> np.ndarray:
    """Normal noise of a standard deviation, as in low light."""
    return images + np.float32(strength) * _draw_normal(images, draws)


def add_shot(images: np.ndarray, strength: float, draws: Draws) -> np.ndarray:
    """Poisson noise: so many photons make white."""
    photons = [rng.poisson(image * strength) for image, rng in zip(images, draws, strict=True)]
    return np.stack(photons).astype(np.float32) / np.float32(strength)


def add_impulse(images: np.ndarray, strength: float, draws: Draws) -> np.ndarray:
    """Salt and pepper in equal parts, on a share of the values."""
    chance = np.stack([rng.random(images.shape[1:], np.float32) for rng in draws])
    salted = np.where(chance < strength, np.float32(1), images)
    return np.where(chance < strength / 2, np.float32(0), salted)


def add_speckle(images: np.ndarray, strength: float, draws: Draws) -> np.ndarray:
    """Normal noise in proportion to the value."""
    return images * (1 + np.float32(strength) * _draw_normal(images, draws))


def _draw_normal(images: np.ndarray, draws: Draws) -> np.ndarray:
    return np.stack([rng.standard_normal(images.shape[1:], np.float32) for rng in draws])


NOISE = (
    Corruption("gaussian_noise", FAMILY, (0.08, 0.12, 0.18, 0.26, 0.38), add_gaussian),
    Corruption("shot_noise", FAMILY, (60, 25, 12, 5, 3), add_shot),
    Corruption("impulse_noise", FAMILY, (0.03, 0.06, 0.09, 0.17, 0.27), add_impulse),
    Corruption("speckle_noise", FAMILY, (0.15, 0.2, 0.35, 0.45, 0.6), add_speckle),
)
