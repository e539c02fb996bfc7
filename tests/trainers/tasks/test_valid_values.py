from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

from spaces.errors import DataError
from spaces.fields import Fields
from trainers.tasks.autoencoder import Autoencoder
from trainers.tasks.decoding import in_parts
from trainers.tasks.depth import Depth
from trainers.tasks.normals import Normals
from trainers.tasks.valid_values import (
    check_invalid,
    find_extent,
    is_list,
    is_number,
    list_marks,
    mark_beyond,
    marked,
)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint64, np.float16, np.float32])
def test_marks_of_any_type_match_values_of_any_type(dtype: type) -> None:
    array = np.array([0, 7, 100], dtype)
    np.testing.assert_array_equal(marked(array, (7.0, -1, 65535, 0.5)), [False, True, False])


def test_float_marks_match_in_the_arrays_precision() -> None:
    assert marked(np.array([-9999.9], np.float32), (-9999.9,)).all()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, ()),
        (255, (255,)),
        ([0, 255], (0, 255)),
        ([float("nan"), 1.5], (1.5,)),
        (float("inf"), (float("inf"),)),
    ],
)
def test_invalid_values_as_yaml_gives_them(given: object, kept: tuple[float, ...]) -> None:
    assert check_invalid(Fields(object()), "tasks.t", given) == kept


@pytest.mark.parametrize("given", ["255", [0, "x"], [[0, 0, 0]], True])
def test_other_invalid_values_are_refused(given: object) -> None:
    fields = Fields(object())
    assert check_invalid(fields, "tasks.t", given) == ()
    with pytest.raises(ValueError, match=r"tasks\.t\.invalid=.*: want a number or a list of numbers"):
        fields.done()


@pytest.mark.parametrize("seed", range(5))
def test_the_extent_is_that_of_the_valid_values(seed: int) -> None:
    rng = np.random.default_rng(seed)
    raw = rng.normal(size=(3, 4)).astype(np.float32)
    invalid = rng.random((3, 4)) < 0.4
    valid = [float(value) for value, bad in zip(raw.flat, invalid.flat, strict=True) if not bad]
    assert find_extent(raw, invalid, raw, "here", ()) == (min(valid), max(valid))


def test_no_valid_value_is_wrong_of_a_whole_and_right_of_a_part() -> None:
    raw, nothing = np.zeros((2, 2)), np.ones((2, 2), bool)
    with pytest.raises(DataError, match=r"here: no valid image \(invalid values: \[0\]\)"):
        find_extent(raw, nothing, raw, "here", (0, 0), "image")
    with in_parts():
        assert all(map(math.isnan, find_extent(raw, nothing, raw, "here", (0,))))


def test_infinite_values_are_refused() -> None:
    raw = np.array([1.0, np.inf])
    with pytest.raises(DataError, match="here: infinite values"):
        find_extent(raw, np.zeros(2, bool), raw, "here", ())
    assert find_extent(raw, np.array([False, True]), raw, "here", ()) == (1, 1)


@dataclass(frozen=True)
class Own:
    invalid: tuple[object, ...]


def test_marks_of_a_task_are_its_numbers() -> None:
    assert list_marks(Depth("it", invalid=(0, 65535))) == [0, 65535]
    assert list_marks(Own((True, 3, "x", 0.5))) == [3, 0.5]
    assert list_marks(Normals("it")) == []  # vectors
    assert list_marks(Autoencoder("it")) == []


def test_what_counts_as_a_number_and_as_a_list() -> None:
    assert [is_number(value) for value in (0, 1.5, math.nan, True, "1", None)] == [True] * 3 + [False] * 3
    assert [is_list(value) for value in ([], (1,), "ab", {1: 2}, 3)] == [True, True, False, False, False]


def test_a_mark_is_what_a_half_float_makes_of_it() -> None:
    stored = np.array([-1000, 0.1, np.inf, 2048], np.float16)
    assert marked(stored, (-999.9, 0.1, 65535, 2049)).tolist() == [True, True, False, True]


def test_a_mark_too_large_for_a_type_equals_nothing() -> None:
    assert not marked(np.array([3e38], np.float32), (1e300, 10**30)).any()
    assert not marked(np.array([7], np.uint8), (1e20, -1, 300)).any()


@pytest.mark.parametrize(
    ("dtype", "mark", "wider"),
    [
        (np.uint8, -1, np.int16),
        (np.uint16, -1, np.int32),
        (np.uint64, -1, np.float64),
        (np.int16, -32769, np.int32),
        (np.uint8, 300, np.uint16),
        (np.uint16, np.inf, np.float32),
        (np.uint8, 0.5, np.float16),
        (np.float16, 65535, np.float32),
        (bool, -1, np.int8),
        (np.uint16, 0, np.uint16),
        (np.float32, 0.1, np.float32),
        (np.float16, -999.9, np.float16),
    ],
)
def test_a_marker_that_the_type_cannot_hold_still_marks(dtype: type, mark: float, wider: type) -> None:
    array = np.array([0, 1, 1], dtype)

    found = mark_beyond(array, (1, 70000), mark)

    assert found.dtype == wider
    assert marked(found, (mark,)).tolist() == [True, False, False]
    assert found[1:].tolist() == [1, 1]


def test_nan_is_beyond_all_bounds() -> None:
    assert mark_beyond(np.array([np.nan, 3.0]), (0, 5), -1).tolist() == [-1, 3]
