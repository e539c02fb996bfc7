from __future__ import annotations

import numpy as np
import pytest

from tests.trainers.robustness.corruptions.images import draw_images
from trainers.robustness.corruptions.blur import BLUR, blur_defocus, blur_gaussian, blur_motion, blur_zoom

CHANGES = pytest.mark.parametrize("change", [blur_gaussian, blur_defocus, blur_motion, blur_zoom])


def draws(count: int) -> list[np.random.Generator]:
    return [np.random.default_rng(seed) for seed in range(count)]


@CHANGES
def test_what_is_flat_stays(change: object) -> None:
    flat = np.full((2, 32, 40, 3), 0.3, np.float32)
    np.testing.assert_allclose(change(flat, 5.0, draws(2)), flat, atol=1e-5)  # type: ignore[operator]


@pytest.mark.parametrize("blur", BLUR, ids=lambda each: each.name)
def test_detail_is_lost_and_the_mean_is_not(blur: object) -> None:
    images = draw_images(64)
    blurred = blur.change(images, blur.strengths[4], draws(3))  # type: ignore[attr-defined]
    detail = [np.abs(np.diff(each, axis=1)).mean() + np.abs(np.diff(each, axis=2)).mean() for each in (images, blurred)]

    assert detail[1] < 0.8 * detail[0]
    assert blurred.mean() == pytest.approx(images.mean(), abs=0.02)


def test_a_point_spreads_by_the_standard_deviation() -> None:
    point = np.zeros((1, 224, 224, 3), np.float32)
    point[0, 112, 112] = 1
    spread = blur_gaussian(point, 3.0, draws(1))[0, ..., 0].sum(0)
    assert ((np.arange(224) - 112) ** 2 * spread).sum() == pytest.approx(
        9 + 1 / 12, rel=0.01
    )  # a pixel is as wide as one


def test_equal_pictures_of_two_sizes_are_blurred_alike() -> None:
    small, large = draw_images(48, 2), draw_images(96, 2)
    halved = large.reshape(2, 48, 2, 48, 2, 3).mean((2, 4))
    change = np.abs(blur_gaussian(large, 6.0, []).reshape(2, 48, 2, 48, 2, 3).mean((2, 4)) - halved).mean()
    assert np.abs(blur_gaussian(small, 6.0, []) - small).mean() == pytest.approx(change, rel=0.3)
