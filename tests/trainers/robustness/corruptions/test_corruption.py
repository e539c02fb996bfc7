from __future__ import annotations

import numpy as np
import pytest

from tests.trainers.robustness.corruptions.images import deviate, draw_images
from trainers.robustness.corruptions.catalogue import CORRUPTIONS
from trainers.robustness.corruptions.corruption import SEVERITIES, Corruption, corrupt, scale_length

ALL = pytest.mark.parametrize("corruption", CORRUPTIONS.values(), ids=list(CORRUPTIONS))
ROOMS = draw_images(64)


@ALL
def test_severity_0_is_the_image_itself(corruption: Corruption) -> None:
    same = corrupt(ROOMS, corruption, 0, 0, range(3))

    np.testing.assert_array_equal(same, ROOMS)
    assert not np.shares_memory(same, ROOMS)


@ALL
def test_the_change_grows_with_the_severity(corruption: Corruption) -> None:
    changes = deviate(ROOMS, corruption)

    assert changes[0] == 0
    assert changes[1] > 0.001
    assert all(np.diff(changes) > 0), changes


@ALL
@pytest.mark.parametrize("shape", [(2, 16, 16), (1, 40, 24), (3, 17, 33)])
def test_shape_type_and_range_stay_whatever_the_size(corruption: Corruption, shape: tuple[int, int, int]) -> None:
    images = np.random.default_rng(0).random((*shape, 3), np.float32)
    before = images.copy()
    for severity in SEVERITIES:
        changed = corrupt(images, corruption, severity, 0, range(shape[0]))
        assert changed.shape == images.shape
        assert changed.dtype == np.float32
        assert np.isfinite(changed).all()
        assert changed.min() >= 0
        assert changed.max() <= 1
        np.testing.assert_allclose(changed * 255, np.rint(changed * 255), atol=1e-4)
    np.testing.assert_array_equal(images, before)


@ALL
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_black_and_white_images_are_borne(corruption: Corruption, value: float) -> None:
    flat = np.full((1, 16, 24, 3), value, np.float32)
    assert np.isfinite(corrupt(flat, corruption, 5, 0, [0])).all()


@ALL
def test_it_depends_on_seed_and_number_of_the_image_and_not_on_its_company(corruption: Corruption) -> None:
    together = corrupt(ROOMS, corruption, 3, 7, range(3))

    np.testing.assert_array_equal(together, corrupt(ROOMS, corruption, 3, 7, range(3)))
    np.testing.assert_allclose(together[1:2], corrupt(ROOMS[1:2], corruption, 3, 7, [1]), atol=1 / 255 + 1e-6)
    assert (together[1:2] == corrupt(ROOMS[1:2], corruption, 3, 7, [1])).mean() > 0.999  # rounding of FFTs apart


DRAWN = ("gaussian_noise", "shot_noise", "impulse_noise", "speckle_noise", "motion_blur", "fog", "snow", "frost")


@pytest.mark.parametrize("name", DRAWN)
def test_another_seed_or_number_draws_otherwise(name: str) -> None:
    one = corrupt(ROOMS, CORRUPTIONS[name], 3, 0, [0, 1, 2])

    assert not np.array_equal(one, corrupt(ROOMS, CORRUPTIONS[name], 3, 1, [0, 1, 2]))
    assert not np.array_equal(one, corrupt(ROOMS, CORRUPTIONS[name], 3, 0, [3, 4, 5]))


@ALL
def test_outlines_stay_where_they_are(corruption: Corruption) -> None:
    """Geometry is left alone: no shift of the corrupted image is more like the one before than none at all."""
    images = draw_images(64, 6)
    changed = corrupt(images, corruption, 2, 0, range(6))

    def likeness(rows: int, columns: int) -> float:
        moved = np.roll(changed, (rows, columns), (1, 2))[:, 4:-4, 4:-4].ravel()
        return float(np.corrcoef(images[:, 4:-4, 4:-4].ravel(), moved)[0, 1])

    shifts = [(rows, columns) for rows in (-2, 0, 2) for columns in (-2, 0, 2)]
    assert max(shifts, key=lambda shift: likeness(*shift)) == (0, 0)


def test_lengths_grow_with_the_shorter_side() -> None:
    assert scale_length(6, np.empty((1, 224, 400, 3))) == 6
    assert scale_length(6, np.empty((1, 448, 224, 3))) == 6
    assert scale_length(6, np.empty((1, 112, 112, 3))) == 3
