from __future__ import annotations

import numpy as np
import pytest

from spaces.fields import Fields
from trainers.tasks.decoding import describe_array
from trainers.tasks.valid_values import check_invalid, marked


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (np.array([[1, 300]], np.uint16), "uint16, shape (1, 2), values 1..300"),
        (np.array([np.nan, 2.5, -np.inf]), "float64, shape (3,), values 2.5..2.5"),
        (np.array([np.nan]), "float64, shape (1,), no finite value"),
        (np.array(["a"]), "<U1, shape (1,)"),
        (np.zeros((0, 4), bool), "bool, shape (0, 4)"),
    ],
)
def test_description(array: np.ndarray, text: str) -> None:
    assert describe_array(array) == text


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
