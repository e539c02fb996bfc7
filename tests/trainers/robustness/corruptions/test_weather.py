from __future__ import annotations

import colorsys

import numpy as np
import pytest

from tests.trainers.robustness.corruptions.images import draw_images
from trainers.robustness.corruptions.weather import add_brightness, add_fog, add_frost, add_snow


def draws(count: int = 3) -> list[np.random.Generator]:
    return [np.random.default_rng(seed) for seed in range(count)]


def contrast(images: np.ndarray) -> float:
    return float(np.abs(np.diff(images, axis=2)).mean())


def test_fog_takes_contrast() -> None:
    images = draw_images(64)
    thin, thick = add_fog(images, 1.0, draws()), add_fog(images, 3.0, draws())
    assert contrast(thick) < contrast(thin) < contrast(images)
    assert thick.max() <= images.max() + 1e-5


def test_snow_is_white_and_frost_is_bluish() -> None:
    images = draw_images(64)
    snow, frost = add_snow(images, 0.2, draws()), add_frost(images, 1.0, draws())
    assert np.clip(snow, 0, 1).mean() > images.mean() + 0.1
    added = (frost - images).mean((0, 1, 2))
    assert added[2] > added[0]


@pytest.mark.parametrize("size", [(16, 16), (30, 50), (300, 20)])
def test_clouds_cover_images_of_any_size(size: tuple[int, int]) -> None:
    grey = np.full((2, *size, 3), 0.5, np.float32)
    assert add_fog(grey, 2.0, draws(2)).std() > 0.01


def test_brightness_adds_to_the_value_and_leaves_hue_and_saturation() -> None:
    pixels = np.array([[0.2, 0.4, 0.1], [0.5, 0.5, 0.5], [0.0, 0.0, 0.0], [0.9, 0.2, 0.3]], np.float32)
    found = add_brightness(pixels[None, None], 0.3, [])[0, 0]
    for before, after in zip(pixels, found, strict=True):
        hue, saturation, value = colorsys.rgb_to_hsv(*map(float, before))
        np.testing.assert_allclose(after, colorsys.hsv_to_rgb(hue, saturation, min(1, value + 0.3)), atol=1e-5)
