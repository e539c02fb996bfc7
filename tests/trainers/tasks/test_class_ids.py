from __future__ import annotations

import numpy as np
import pytest

from spaces.errors import ConfigError, DataError
from trainers.tasks.class_ids import INVALID, count_of, name_class, read_ids
from trainers.tasks.decoding import in_parts
from trainers.tasks.segmentation import Segmentation


def read(values: object, dtype: type = np.int64, **options: object) -> list[int]:
    array = np.array(values, dtype)
    return read_ids(array, array, "here", Segmentation("it", **{"classes": 3, **options})).tolist()


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint64, np.float16, np.float32, np.float64])
def test_ids_of_any_type_start_at_0(dtype: type) -> None:
    assert read([1, 2, 3, 255], dtype, first_class=1, invalid=[255]) == [0, 1, 2, INVALID]
    assert read([0, 1, 2, 2], dtype) == [0, 1, 2, 2]


def test_invalid_values_may_be_anything_an_array_can_hold() -> None:
    assert read([0, 2**40, -(2**40)], invalid=[2**40, -(2**40)]) == [0, INVALID, INVALID]
    assert read([0, np.nan, 0.5, np.inf], float, invalid=[0.5, np.inf]) == [0, INVALID, INVALID, INVALID]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([0, 3], r"class id 3 beyond the 3 classes 0\.\.2 .*invalid: \[-1, 3\]"),
        ([0, -2], r"class id -2 beyond"),
        (list(range(20)), r"class id 3, 4, 5, 6, 7, 8, 9, 10, \.\.\. beyond"),
    ],
)
def test_ids_beyond_the_classes_are_named(values: list[int], told: str) -> None:
    with pytest.raises(DataError, match=told):
        read(values)


def test_ids_are_whole_numbers() -> None:
    with pytest.raises(DataError, match="here: class ids are not whole numbers"):
        read([0, 1.5], float)


def test_nothing_valid_is_wrong_of_a_whole_and_right_of_a_part() -> None:
    with pytest.raises(DataError, match="no valid pixel"):
        read([-1, -1])
    with in_parts():
        assert read([-1, -1]) == [INVALID, INVALID]


def test_classes_are_counted_and_named() -> None:
    assert count_of(4) == count_of(["a", "b", "c", "d"]) == 4
    assert [name_class(("a", "b"), np.int16(n)) for n in (0, 1, -1)] == ["a", "b", "?"]
    assert name_class(2, np.int16(1)) == "1"


@pytest.mark.parametrize("classes", [1, 0, 2**15, 2.5, "many", ["a"], ["a", "a"], True])
def test_classes_are_two_or_more(classes: object) -> None:
    with pytest.raises(ConfigError, match=r"tasks\.it\.classes"):
        Segmentation("it", classes=classes)  # type: ignore[arg-type]


def test_names_become_a_tuple() -> None:
    assert Segmentation("it", classes=["a", "b"]) == Segmentation("it", classes=("a", "b"))
