from __future__ import annotations

import numpy as np
import pytest

from spaces.errors import DataError
from trainers.data.splits.arrays import (
    SPLITS,
    Arrays,
    check_split,
    decode_arrays,
    image_problem,
    list_wanted,
    target_problem,
)
from trainers.tasks.autoencoder import Autoencoder
from trainers.tasks.classification import Classification
from trainers.tasks.depth import Depth
from trainers.tasks.regression import Regression

IMAGES = (5, 4, 6, 3)
TASKS = (Depth("depth"), Autoencoder("again"), Classification("kind", 3))


def test_there_are_three_splits() -> None:
    for split in SPLITS:
        check_split(split)
    with pytest.raises(DataError, match="split 'dev': want one of train, val, test"):
        check_split("dev")


@pytest.mark.parametrize(
    ("shape", "dtype", "told"),
    [
        (IMAGES, np.uint8, None),
        (IMAGES, np.float32, "images are not uint8 RGB"),
        ((5, 4, 6), np.uint8, "images are not uint8 RGB"),
        ((5, 3, 4, 6), np.uint8, "want uint8 of shape (N, H, W, 3)"),
        ((0, 4, 6, 3), np.uint8, "an empty split"),
    ],
)
def test_images_are_bytes_with_colours_last(shape: tuple[int, ...], dtype: type, told: str | None) -> None:
    problem = image_problem(shape, np.dtype(dtype))
    assert problem is None if told is None else problem and told in problem


@pytest.mark.parametrize(
    ("shape", "dense", "told"),
    [
        ((5, 4, 6), True, None),
        ((5, 4, 6, 2), True, None),
        ((5, 2, 4, 6), True, None),
        ((5, 6, 4), True, "images have 4x6 pixels"),
        ((4, 4, 6), True, "4 targets for 5 images"),
        ((), True, "no targets for 5 images"),
        ((5,), False, None),
        ((5, 9), False, None),
        ((5, 4, 6), False, "want labels of whole images, (5,) or (5, C)"),
        ((6,), False, "6 targets for 5 images"),
    ],
)
def test_targets_go_with_the_images(shape: tuple[int, ...], dense: bool, told: str | None) -> None:
    problem = target_problem(shape, IMAGES, dense=dense)
    assert problem is None if told is None else problem and told in problem


def test_targets_are_decoded_by_their_task() -> None:
    images = np.zeros(IMAGES, np.uint8)
    assert decode_arrays(TASKS[0], np.full(IMAGES[:3], 2, np.uint8), images, "here").shape == (5, 1, 4, 6)
    assert decode_arrays(TASKS[2], np.zeros(5, int), images, "here").tolist() == [0] * 5
    with pytest.raises(DataError, match=r"^here: wrong length: 4 targets for 5 images"):
        decode_arrays(TASKS[0], np.ones((4, 4, 6)), images, "here")


def test_values_of_a_pixel_that_are_read_as_pixels_are_refused() -> None:
    images, raw = np.zeros((2, 4, 6, 3), np.uint8), np.zeros((2, 4, 4, 6))  # four layers of 4x6, or 4x4 of six
    assert decode_arrays(Regression("r", channels=4), raw, images, "here").shape == (2, 4, 4, 6)
    with pytest.raises(DataError, match="want the values of a pixel last"):
        decode_arrays(Regression("r", channels=6), raw, images, "here")


def test_wanted_are_the_stored_ones_in_their_order() -> None:
    assert [task.name for task in list_wanted(TASKS, None)] == ["depth", "kind"]
    assert [task.name for task in list_wanted(TASKS, ["kind", "depth"])] == ["depth", "kind"]
    assert list_wanted(TASKS, ["again"]) == list_wanted(TASKS, []) == ()
    with pytest.raises(DataError, match="only: unknown task x, y; want among depth, again, kind"):
        list_wanted(TASKS, ["x", "kind", "y"])


def test_a_split_is_as_long_as_its_images() -> None:
    assert len(Arrays(np.zeros(IMAGES, np.uint8), {})) == 5
