from __future__ import annotations

import colorsys
import io

import numpy as np
import pytest
from PIL import Image

from tests.trainers.robustness.corruptions.images import draw_images
from trainers.robustness.corruptions.digital import compress_jpeg, lower_contrast, pixelate, saturate


def test_contrast_is_that_share_of_what_it_was() -> None:
    images = draw_images()
    changed = lower_contrast(images, 0.3, [])
    np.testing.assert_allclose(changed.mean((1, 2)), images.mean((1, 2)), atol=1e-5)
    np.testing.assert_allclose(changed.std((1, 2)), 0.3 * images.std((1, 2)), rtol=1e-3)


def test_jpeg_is_what_a_file_would_hold() -> None:
    images = draw_images(40, 2)
    changed = compress_jpeg(images, 10, [])
    for image, found in zip(images, changed, strict=True):
        file = io.BytesIO()
        Image.fromarray(np.rint(image * 255).astype(np.uint8)).save(file, "JPEG", quality=10)
        np.testing.assert_array_equal(np.rint(found * 255), np.asarray(Image.open(file)))


@pytest.mark.parametrize("size", [(16, 16), (17, 33), (5, 64)])
def test_blocks_hold_their_own_mean(size: tuple[int, int]) -> None:
    images = np.random.default_rng(0).random((2, *size, 3), np.float32)
    found = pixelate(images, 0.25, [])
    np.testing.assert_allclose(found.mean((1, 2)), images.mean((1, 2)), atol=1e-5)
    assert len(np.unique(found[0, ..., 0])) == max(1, round(size[0] * 0.25)) * max(1, round(size[1] * 0.25))


def test_a_quarter_of_the_pixels_a_side_are_blocks_of_four() -> None:
    images = draw_images(16, 1)
    want = images.reshape(1, 4, 4, 4, 4, 3).mean((2, 4)).repeat(4, 1).repeat(4, 2)
    np.testing.assert_allclose(pixelate(images, 0.25, []), want, atol=1e-5)


def test_saturation_grows_and_hue_and_value_stay() -> None:
    pixels = np.array([[0.2, 0.4, 0.1], [0.5, 0.5, 0.5], [0.0, 0.0, 0.0], [0.9, 0.6, 0.7]], np.float32)
    found = saturate(pixels[None, None], 2.0, [])[0, 0]
    for before, after in zip(pixels, found, strict=True):
        hue, saturation, value = colorsys.rgb_to_hsv(*map(float, before))
        np.testing.assert_allclose(after, colorsys.hsv_to_rgb(hue, min(1, 2 * saturation), value), atol=1e-5)
