"""Frames of films are told by their neighbours, and images that only look alike are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trainers.data.folders.films import find_films, measure_distance
from trainers.data.folders.listing import Row, carve_splits
from trainers.data.scenes import Scenes

KITCHEN = Path(__file__).resolve().parents[5] / "shared" / "data" / "redkitchen_rgbd5" / "train.npz"


def told(images: np.ndarray, share: float = 0.1) -> list[str]:
    """What is said where every image is a sample, named by its number, and splits are carved."""
    rows = [Row("", (f"frame_{index}",)) for index in range(len(images))]
    splits = carve_splits(rows, share, ["val", "test"])
    return find_films(splits, lambda split, index: images[rows.index(splits[split][index])])


def film(count: int, step: int) -> np.ndarray:
    """A camera that moves along a wall of blocks."""
    wall = np.repeat(np.repeat(np.random.default_rng(0).integers(0, 256, (8, 200), dtype=np.uint8), 8, 0), 8, 1)
    frames = [wall[:, index * step : index * step + 64] for index in range(count)]
    return np.repeat(np.stack(frames)[..., None], 3, -1)


def test_frames_of_a_film_in_two_splits_are_told() -> None:
    (message,) = told(film(100, 1))

    assert message.startswith("of neighbours by name that lie in different splits, 12 of 12 looked at are nearly one")
    assert "such as frame_" in message
    assert "give each film, scene or patient one split" in message


def test_a_camera_that_stands_still_is_told() -> None:
    noise = np.random.default_rng(0).integers(0, 8, (40, 64, 64, 3), dtype=np.uint8)

    assert told(film(1, 1) // 2 + noise)


def test_images_that_have_nothing_to_do_with_each_other_are_not() -> None:
    assert told(Scenes(images=60, val_images=4, test_images=4).load("train").images) == []
    assert told(film(20, 64)) == []


def test_a_film_that_is_cut_once_is_not() -> None:
    images = film(100, 1)
    rows = [Row("", (str(index),)) for index in range(100)]
    splits = {"train": rows[:60], "val": rows[90:]}
    assert find_films(splits, lambda split, index: images[index + (90 if split == "val" else 0)]) == []


def test_a_real_film_is_told() -> None:
    if not KITCHEN.is_file():
        pytest.skip("no folder shared/data/redkitchen_rgbd5 beside the checkout")
    with np.load(KITCHEN) as archive:
        assert told(archive["image"][:150])


def test_blank_images_are_alike_and_nothing_else_is() -> None:
    blank, full = np.zeros((2, 2)), np.eye(2)

    assert measure_distance(blank, blank + 3) == 0
    assert measure_distance(blank, full) == 1
    assert measure_distance(full, 5 * full) == pytest.approx(0)
    assert measure_distance(full, -full) == pytest.approx(2)
