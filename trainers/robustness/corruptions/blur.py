"""Blurs of lens and motion, of the image alone: targets keep their outlines.

Strengths are lengths in pixels of an image whose shorter side is 224, those of Hendrycks & Dietterich (2019) for what
is a length there; they grow with the image (our choice). The published glass blur moves pixels about, which is
geometry, so it is left out.
"""

from __future__ import annotations

import numpy as np

from trainers.robustness.corruptions.corruption import Corruption, Draws, scale_length
from trainers.robustness.corruptions.kernels import filter_gaussian, filter_images, make_disk, make_lines, zoom_images

FAMILY = "blur"
STEPS = 10  # zooms that are averaged; published are 11 to 31


def blur_gaussian(images: np.ndarray, strength: float, draws: Draws) -> np.ndarray:
    """Gaussian of a standard deviation."""
    return filter_gaussian(images, scale_length(strength, images))


def blur_defocus(images: np.ndarray, strength: float, draws: Draws) -> np.ndarray:
    """A disk of a radius, as of a lens out of focus."""
    return filter_images(images, make_disk(scale_length(strength, images)))


def blur_motion(images: np.ndarray, strength: float, draws: Draws) -> np.ndarray:
    """Along a line, whose direction is drawn within 45 degrees of the horizontal, as published."""
    angles = np.array([rng.uniform(-np.pi / 4, np.pi / 4) for rng in draws])
    return filter_images(images, make_lines(scale_length(strength, images), angles))


def blur_zoom(images: np.ndarray, strength: float, draws: Draws) -> np.ndarray:
    """Towards the middle, which stays: the mean of zooms up to one, as of a camera that moves ahead."""
    zooms = [zoom_images(images, factor) for factor in np.linspace(1, strength, STEPS + 1)[1:]]
    return (images + sum(zooms)) / np.float32(STEPS + 1)


BLUR = (
    Corruption("gaussian_blur", FAMILY, (1, 2, 3, 4, 6), blur_gaussian),
    Corruption("defocus_blur", FAMILY, (3, 4, 6, 8, 10), blur_defocus),
    # Published as standard deviations 3, 5, 8, 12, 15 of one-sided kernels; these are lengths of as wide a spread.
    Corruption("motion_blur", FAMILY, (10, 15, 22, 30, 40), blur_motion),
    Corruption("zoom_blur", FAMILY, (1.11, 1.16, 1.21, 1.26, 1.33), blur_zoom),
)
