from __future__ import annotations

import numpy as np
import pytest

from trainers.data.overlapping_pairs import Pictures, divide_pictures, draw_pairs, overlay_pairs
from trainers.tasks import Classification

TASKS = (Classification("left", 10), Classification("right", 10))


def test_every_pixel_is_the_brighter_one_by_hand() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.integers(1, 256, (2, 5, 4, 4), dtype=np.uint8)
    images = overlay_pairs(first, second, shift=2, size=10)
    assert images.shape == (5, 10, 10, 3)
    margin = 2  # (10 - 4 - 2) / 2
    for number in range(5):
        for row in range(10):
            for column in range(10):
                one = row - margin, column - margin
                two = row - margin - 2, column - margin - 2
                inside = [
                    int(picture[number][place])
                    for picture, place in ((first, one), (second, two))
                    if min(place) >= 0 and max(place) < 4
                ]
                assert images[number, row, column].tolist() == [max(inside, default=0)] * 3


def test_splits_are_disjoint_whole_and_drawn_by_the_seed() -> None:
    shares = {"train": 0.6, "val": 0.15, "test": 0.25}
    rows = divide_pictures(101, shares, 3)
    assert sorted(np.concatenate(list(rows.values()))) == list(range(101))
    assert [len(each) for each in rows.values()] == [61, 15, 25]
    assert all(np.array_equal(rows[split], divide_pictures(101, shares, 3)[split]) for split in shares)
    assert not np.array_equal(rows["val"], divide_pictures(101, shares, 4)["val"])


@pytest.mark.parametrize("count", [1, 7])
def test_labels_are_those_of_the_pictures_and_more_pairs_begin_alike(count: int) -> None:
    grey = np.arange(10, dtype=np.uint8)
    pictures = Pictures(np.broadcast_to(10 * (1 + grey)[:, None, None], (10, 3, 3)), grey.astype(np.int16))
    some, more = (draw_pairs(pictures, TASKS, many, 2, 6, (0, 1)) for many in (count, 50))
    assert np.array_equal(more.images[:count], some.images)
    for name, corner in (("left", (0, 0)), ("right", (4, 4))):
        assert np.array_equal(more.targets[name][:count], some.targets[name])
        assert np.array_equal(10 * (1 + more.targets[name]), more.images[:, *corner, 0])
    assert list(draw_pairs(pictures, TASKS[1:], count, 2, 6, (0, 1)).targets) == ["right"]
    assert not np.array_equal(draw_pairs(pictures, TASKS, 50, 2, 6, (1, 1)).images, more.images)
