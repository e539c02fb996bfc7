from __future__ import annotations

import numpy as np
import pytest

from trainers.tasks import looks
from trainers.tasks.attributes import Attributes
from trainers.tasks.classification import Classification
from trainers.tasks.edges import Edges
from trainers.tasks.regression import Regression
from trainers.tasks.segmentation import Segmentation


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (np.array([-1, 0, 3], np.int8), [True, False, False]),
        (np.array([0, 255], np.uint8), [False, False]),
        (np.array([-1, np.nan, 0], np.float32), [False, True, False]),
    ],
)
def test_negative_ids_and_no_numbers_are_invalid(targets: np.ndarray, expected: list[bool]) -> None:
    assert looks.find_marked(targets).tolist() == expected


def test_a_pixel_is_invalid_where_all_its_layers_are() -> None:
    mask = np.array([True, True, False, True]).reshape(1, 2, 1, 2)
    assert looks.join_layers(mask).tolist() == [[[False, True]]]
    assert looks.join_layers(mask.reshape(1, 2, 1, 1, 2)).tolist() == [[[False, True]]]
    assert np.array_equal(looks.join_layers(mask[:, 0]), mask[:, 0])
    targets = np.array([[[[np.nan, np.nan]], [[1, np.nan]]]], np.float32)
    assert Regression("it", channels=2).find_invalid(targets).tolist() == [[[False, True]]]


def test_the_first_layer_is_shown() -> None:
    targets = np.arange(12).reshape(1, 3, 2, 2)
    assert np.array_equal(looks.take_first_layer(targets), targets[:, 0])
    assert np.array_equal(looks.take_first_layer(targets[:, 1]), targets[:, 1])


def test_states_are_grey_and_white() -> None:
    picture = Edges("it").depict(np.array([[[[0, 1, -1]]]], np.int8))
    assert picture.shape == (1, 1, 3, 3)
    assert picture[0, 0].tolist() == [[looks.DARKEST] * 3, [1.0] * 3, [looks.DARKEST] * 3]


def test_outliers_and_no_numbers_do_not_stretch_the_scale() -> None:
    values = np.append(np.linspace(0, 1, 1001), [1e9, np.nan])
    low, high = looks.spread_values(values)
    assert 0 <= low < 0.02
    assert 0.98 < high <= 1
    assert looks.spread_values(np.array([np.nan])) == (0, 1)


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (np.int16(3), "3"),
        (np.int16(-1), "?"),
        (np.float32(2.5), "2.5"),
        (np.float32("nan"), "?"),
        (np.array([1, 0, -1, 1], np.int8), "0, 3"),
        (np.array([0, -1], np.int8), "none"),
    ],
)
def test_labels_in_words(target: np.ndarray, text: str) -> None:
    assert looks.write_label(target) == text


def test_kinds_with_names_use_them() -> None:
    several = np.array([1, 0, 1], np.int8)
    for kind in (Classification, Segmentation):
        assert [kind("it", ("cat", "dog")).describe(np.int16(n)) for n in (0, 1, -1)] == ["cat", "dog", "?"]
        assert kind("it", 2).describe(np.int16(1)) == "1"
    assert Attributes("it", ("red", "big", "old")).describe(several) == "red, old"
    assert Attributes("it", ("red", "big", "old")).describe(0 * several) == "none"
    assert Attributes("it", 3).describe(several) == "0, 2"
