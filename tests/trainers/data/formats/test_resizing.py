from __future__ import annotations

import numpy as np
import pytest

from trainers.data.formats.resizing import resized_image, resized_target


def test_nearest_pixels_are_those_under_the_centres() -> None:
    target = np.arange(12).reshape(1, 3, 4)

    assert resized_target(target, (3, 4)) is target
    assert resized_target(target, (6, 8))[0, ::2, ::2].tolist() == target[0].tolist()
    assert resized_target(target, (1, 2)).tolist() == [[[5, 7]]]
    assert resized_target(np.int16(3) * np.ones(5), (6, 8)).shape == (5,)  # of an image as a whole


@pytest.mark.parametrize("old", [(5, 7), (16, 24), (3, 3)])
@pytest.mark.parametrize("new", [(1, 1), (4, 9), (31, 8)])
def test_every_pixel_of_a_target_is_the_nearest_old_one(old: tuple[int, int], new: tuple[int, int]) -> None:
    target = np.random.default_rng(0).normal(size=(2, *old)).astype(np.float32)
    found = resized_target(target, new)
    assert found.shape == (2, *new)
    assert found.dtype == target.dtype
    for row in range(new[0]):
        for column in range(new[1]):
            y, x = (row + 0.5) * old[0] / new[0], (column + 0.5) * old[1] / new[1]
            assert (found[:, row, column] == target[:, int(y), int(x)]).all()


def test_images_are_averaged_over_what_a_pixel_covers() -> None:
    image = np.zeros((8, 8, 3), np.uint8)
    image[::2] = 200
    assert resized_image(image, (8, 8)) is image
    small = resized_image(image, (2, 4))
    assert small.shape == (2, 4, 3)
    assert small.dtype == np.uint8
    assert np.allclose(small, 100, atol=20)


def test_height_and_width_are_not_mixed_up() -> None:
    image = np.zeros((4, 8, 3), np.uint8)
    image[:, 4:] = 255
    large = resized_image(image, (8, 16))
    assert large.shape == (8, 16, 3)
    assert not large[:, :6].any()
    assert (large[:, 10:] == 255).all()
