from __future__ import annotations

import numpy as np
import pytest

from search.confirming.fronts import mark_pessimistic, measure_gap

DIRECTIONS = ("maximise", "minimise")
SEARCHED = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
TESTED = np.array([[1.0, 1.0], [0.5, 2.0], [2.5, 3.0]])  # the second is dominated by the first on the test split


def test_the_optimistic_front_drops_who_is_dominated_the_pessimistic_one_who_dominates() -> None:
    assert mark_pessimistic(TESTED, DIRECTIONS).tolist() == [1, 2]
    gap = measure_gap(SEARCHED, TESTED, DIRECTIONS, (0.0, 4.0))
    assert gap.validation == pytest.approx(3 * 1 + 2 * 1 + 1 * 1)
    assert gap.optimistic == pytest.approx(2.5 * 1 + 1 * 2)
    assert gap.pessimistic == pytest.approx(2.5 * 1 + 0.5 * 1)
    assert gap.loss == pytest.approx(6.0 - 4.5)
    assert gap.doubt == pytest.approx(1.5)


def test_both_are_one_where_all_stay_on_the_front() -> None:
    gap = measure_gap(SEARCHED, SEARCHED, DIRECTIONS, (0.0, 4.0))
    assert (gap.loss, gap.doubt) == (0.0, 0.0)


def test_what_was_not_measured_has_no_volume() -> None:
    gap = measure_gap(SEARCHED, np.full_like(SEARCHED, np.nan), DIRECTIONS, (0.0, 4.0))
    assert np.isnan([gap.optimistic, gap.pessimistic]).all()
