from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_digits

from spaces.errors import ConfigError
from trainers.data.multidigits import MultiDigits
from trainers.data.multidigits import _digits as digits
from trainers.data.splits.arrays import SPLITS

SMALL = MultiDigits(images=40, val_images=20, test_images=30)


def test_the_first_digit_is_there_where_the_second_does_not_reach() -> None:
    arrays = MultiDigits(images=500).load("train")
    corner = arrays.images[:, :8, :24, 0].astype(int)
    bundled = load_digits()
    top = np.rint(bundled.images * 255 / 16).astype(int).repeat(3, 1).repeat(3, 2)[:, :8]
    for number in range(50):
        places = (np.abs(top - corner[number]).sum((1, 2)) == 0).nonzero()[0]
        assert arrays.targets["left"][number] in bundled.target[places]


def test_images_fit_the_default_network_and_all_classes_occur() -> None:
    arrays = MultiDigits().load("val")
    assert arrays.images.shape == (512, 32, 32, 3)
    assert all(set(target.tolist()) == set(range(10)) for target in arrays.targets.values())
    assert arrays.images.max() == 255


def test_no_digit_is_in_two_splits() -> None:
    """The upper rows show the left digit alone; equal ones are the same digit, or as good as it."""
    shown = {}
    for split in SPLITS:
        images = replace(SMALL, images=3000, val_images=3000, test_images=3000).load(split).images
        shown[split] = {image[:8, :24, 0].tobytes() for image in images}
    whole = {digit[:8].tobytes() for digit in digits().images}
    assert len(whole) > 1700
    assert len(set().union(*shown.values())) >= sum(map(len, shown.values())) - 20


def test_seeds_and_counts_decide_it() -> None:
    again = replace(SMALL).load("test")
    assert np.array_equal(again.images, SMALL.load("test").images)
    assert not np.array_equal(replace(SMALL, seed=1).load("test").images, again.images)
    prints = {replace(SMALL, **{name: 50}).fingerprint for name in ("images", "val_images", "test_images", "seed")}
    assert len(prints | {SMALL.fingerprint}) == 5


def test_it_is_made_in_a_moment() -> None:
    SMALL.load("val")
    start = time.process_time()
    MultiDigits().load("train")
    assert time.process_time() - start < 1


def test_wrong_fields_are_refused_together() -> None:
    with pytest.raises(ConfigError) as caught:
        MultiDigits(images=1, val_images=0, seed=-1)
    assert list(caught.value.problems) == [
        "data.images=1: want a whole number >= 2",
        "data.val_images=0: want a whole number >= 1",
        "data.seed=-1: want a whole number >= 0",
    ]
