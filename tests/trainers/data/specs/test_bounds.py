from __future__ import annotations

import numpy as np
import pytest

from trainers.data.specs.bounds import check_mark, find_mark, mark_raw, parse_bounds
from trainers.tasks.depth import Depth
from trainers.tasks.regression import Regression


def test_bounds_are_two_numbers() -> None:
    problems: list[str] = []
    assert parse_bounds("tasks.d", [1, 2.5], problems) == (1, 2.5)
    assert parse_bounds("tasks.d", None, problems) is None
    assert not problems


@pytest.mark.parametrize("given", [3, [1], [1, "2"], {"low": 1}])
def test_other_things_are_none(given: object) -> None:
    problems: list[str] = []
    assert parse_bounds("tasks.d", given, problems) is None
    assert problems == [f"tasks.d.valid={given!r}: want [LOWEST, HIGHEST] of the stored values that count"]


def test_a_mark_is_wanted_and_used() -> None:
    problems: list[str] = []
    check_mark("r", Regression("r"), problems)
    assert problems == ["tasks.r.valid: kind 'regression' needs a number in invalid beside it"]
    assert find_mark(Depth("d", invalid=-1)) == -1
    raw = np.array([0, 5, 9], np.uint8)
    assert mark_raw(raw, (1, 6), Depth("d", invalid=-1)).tolist() == [-1, 5, -1]
    assert mark_raw(raw, None, Depth("d")) is raw
