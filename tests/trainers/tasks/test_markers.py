"""Values that look like markers."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from trainers.tasks.markers import find_markers, remark_markers
from trainers.tasks.valid_values import marked

RNG = np.random.default_rng(0)
HEIGHTS = RNG.uniform(100, 2000, (40, 50))
"""Of a landscape, in metres."""


def _with(marker: float, values: np.ndarray = HEIGHTS, kind: type = np.float32, count: int = 30) -> np.ndarray:
    array = values.astype(kind)
    array.flat[:count] = marker
    return array


@pytest.mark.parametrize(
    ("marker", "kind"),
    [
        (-9999, np.float32),
        (-9999, np.int16),
        (-999, np.float64),
        (-1, np.int32),
        (9999, np.uint16),
        (65535, np.uint16),
        (-32768, np.int16),
        (2**31 - 1, np.int32),
        (1e20, np.float32),
        (1e20, np.float64),
        (-np.finfo(np.float32).max, np.float32),
        (-float(np.finfo(np.float32).max), np.float64),
        (1e30, np.float64),
        (12345.5, np.float32),
    ],
)
def test_a_marker_is_told_and_the_advice_silences_it(marker: float, kind: type) -> None:
    raw = _with(marker, kind=kind)

    (note,) = remark_markers("height", [raw], (), 1, 0, "m")

    assert note.startswith("task 'height': 1.5 % of the values looked at are ")
    said = yaml.safe_load(note[note.index("[") :])
    assert np.array_equal(marked(raw, said), raw == raw.flat[0])
    assert remark_markers("height", [raw], said, 1, 0, "m") == []


@pytest.mark.parametrize(
    "raw",
    [
        HEIGHTS,
        RNG.normal(size=(40, 50)),
        np.minimum(HEIGHTS, 1500),  # what a sensor cuts off
        np.clip(RNG.normal(size=(40, 50)), -1, 1),
        RNG.integers(0, 256, (40, 50)).astype(np.uint8),
        np.maximum(HEIGHTS - 1000, 0),  # nothing, or some
        RNG.integers(0, 2, (40, 50)).astype(np.uint8) * 255,
        RNG.integers(-1, 2, (40, 50)),
        RNG.exponential(10, (40, 50)) ** 3,  # few are large
        np.zeros((4, 5)),
        np.full((4, 5), np.nan),
    ],
)
def test_values_that_mean_something_are_not_told(raw: np.ndarray) -> None:
    assert remark_markers("it", [raw, raw], (), 1, 0, "") == []


def test_several_markers_are_told_at_once_over_all_arrays() -> None:
    raw = _with(-9999, kind=np.float64)
    other = _with(1e20, kind=np.float64)

    assert set(find_markers([raw, other])) == {-9999, 1e20}
    assert set(find_markers([_with(-5e4, kind=np.float64), _with(5e4, kind=np.float64)])) == {5e4, -5e4}


def test_the_share_what_it_counts_as_and_what_is_known_are_said() -> None:
    raw = np.array([[800, 2000, 3000, 4000, 65535, 0]], np.uint16)
    assert remark_markers("d", [raw, raw], (0,), 0.001, 1, "m") == [
        "task 'd': 17 % of the values looked at are 65535, far from all others (800..4000), and count as 66.535 m: if "
        "that marks what is missing, say invalid: [0, 65535]"
    ]


def test_a_few_values_of_no_meaning_of_their_own_are_no_marker() -> None:
    assert find_markers([_with(12345.5, count=9)]) == []
    assert find_markers([_with(65535, count=1)]) == [65535]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([0, -9999], [-9999]),
        ([3.5, 1e20], [1e20]),
        ([1, 2, -9999], [-9999]),
        ([0, 1, 65535], [65535]),
        ([-9999, 5, 9999], [-9999, 9999]),
        ([-9999], [-9999]),
        ([0, 255], []),
        ([0, 1, 255], []),
        ([-1, 0, 1], []),
        ([-1, 1], []),
        ([9999, 10000, 9998], []),
        ([0], []),
        ([7], []),
    ],
)
def test_beside_fewer_than_three_others_only_what_is_written_for_nothing_is_told(
    values: list[float], told: list[float]
) -> None:
    raw = np.resize(np.array(values, np.float64), (4, 30))

    assert find_markers([raw]) == told
    notes = remark_markers("it", [raw], (), 1, 0, "")
    assert len(notes) == bool(told)
    if values == [-9999]:
        assert "100 % of the values looked at are -9999, and there are no others, and count as -9999: if" in notes[0]


def test_where_the_others_are_few_once_one_is_named_the_rest_is_told_too() -> None:
    raw = np.array([[0, 1, 2, 3, -9999, 1e20]] * 12)
    assert set(find_markers([raw])) == {-9999, 1e20}
