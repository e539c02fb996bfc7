from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import convolve, gaussian_filter

from trainers.robustness.corruptions.kernels import (
    enlarge_maps,
    filter_gaussian,
    filter_images,
    make_disk,
    make_lines,
    zoom_images,
)

IMAGES = np.random.default_rng(0).random((2, 11, 14, 3), np.float32)


def test_filtering_is_averaging_of_neighbours_with_edges_continued() -> None:
    kernels = make_lines(4, np.array([0.3, -0.7]))
    found = filter_images(IMAGES, kernels)
    for image, kernel, one in zip(found, kernels, IMAGES, strict=True):
        np.testing.assert_allclose(image, convolve(one, kernel[..., None], mode="nearest"), atol=1e-5)


def test_a_wide_gaussian_is_that_of_scipy_and_a_narrow_one_still_blurs() -> None:
    np.testing.assert_allclose(
        filter_gaussian(IMAGES, 3.0), gaussian_filter(IMAGES, (0, 3, 3, 0), mode="nearest"), atol=0.01
    )
    assert np.abs(filter_gaussian(IMAGES, 0.28) - IMAGES).mean() > 0.01
    np.testing.assert_allclose(filter_gaussian(np.ones_like(IMAGES), 1.0), 1, atol=1e-6)


@pytest.mark.parametrize("radius", [0.1, 0.5, 0.9, 2, 7.3])
def test_a_disk_is_round_and_weighs_one(radius: float) -> None:
    (disk,) = make_disk(radius)
    assert disk.sum() == pytest.approx(1, abs=1e-5)
    assert disk.shape[0] % 2 == 1
    np.testing.assert_allclose(disk, disk[::-1])
    np.testing.assert_allclose(disk, disk.T, atol=1e-7)
    offsets = np.arange(len(disk)) - len(disk) // 2
    spread = (disk.sum(0) * offsets**2).sum()
    if radius >= 2:
        assert spread == pytest.approx(radius**2 / 4 + 1 / 12, rel=0.06)  # variances of a disk and of a pixel


def test_lines_are_as_long_as_wanted_and_point_where_wanted() -> None:
    flat, upright = make_lines(9, np.array([0.0, np.pi / 2]))
    middle = len(flat) // 2
    assert flat[middle].sum() == pytest.approx(1, abs=1e-5)
    assert np.count_nonzero(flat[middle] > 0.01) in (9, 10, 11)
    np.testing.assert_allclose(upright, flat.T, atol=1e-6)
    np.testing.assert_allclose(flat, flat[::-1, ::-1], atol=1e-6)


def test_zooming_keeps_the_middle_and_what_is_flat() -> None:
    np.testing.assert_allclose(zoom_images(IMAGES, 1.0), IMAGES, atol=1e-6)
    zoomed = zoom_images(IMAGES[:, :, :13], 1.5)
    np.testing.assert_allclose(zoomed[:, 5, 6], IMAGES[:, 5, 6], atol=1e-6)
    np.testing.assert_allclose(zoomed[:, 5, 9], IMAGES[:, 5, 8], atol=1e-6)  # 3 pixels out shows what was 2 out
    np.testing.assert_allclose(zoom_images(np.ones((1, 8, 6, 3), np.float32), 1.3), 1, atol=1e-6)


def test_maps_are_enlarged_corner_to_corner() -> None:
    ramp = np.array([[[0.0, 1.0], [2.0, 3.0]]], np.float32)
    np.testing.assert_allclose(enlarge_maps(ramp, 3, 5)[0], np.arange(3)[:, None] + np.linspace(0, 1, 5), atol=1e-6)
