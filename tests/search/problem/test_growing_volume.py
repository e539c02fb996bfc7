from __future__ import annotations

import math

import moocore
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.problem.growing_volume import GrowingVolume, compute_history
from search.problem.objectives import MAXIMISE, MINIMISE
from search.problem.pareto import compute_hypervolume

# Few distinct values, so that ties, equal rows and steps of equal height are common, and values of any size.
VALUES = st.integers(-3, 5) | st.floats(-1e9, 1e9, allow_subnormal=False)
ROWS = st.integers(1, 4).flatmap(
    lambda m: st.tuples(
        st.lists(st.lists(VALUES, min_size=m, max_size=m), max_size=12),
        st.lists(st.sampled_from([MAXIMISE, MINIMISE]), min_size=m, max_size=m),
        st.lists(VALUES, min_size=m, max_size=m),
    )
)


@given(ROWS)
@settings(deadline=None)
def test_after_each_point_the_volume_is_that_of_all_so_far(
    drawn: tuple[list[list[float]], list[str], list[float]],
) -> None:
    rows, directions, reference = drawn
    volume = GrowingVolume(reference, directions)
    for position, row in enumerate(rows, start=1):
        expected = compute_hypervolume(np.array(rows[:position]), reference, directions)
        assert volume.add(row) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("m", [1, 2, 3, 4])
def test_a_long_history_ends_with_the_volume_of_the_front(m: int) -> None:
    rng = np.random.default_rng(m)
    values = np.abs(rng.normal(size=(60, m)))
    values /= np.linalg.norm(values, axis=1, keepdims=True)  # on a sphere, where none dominates another
    volumes = compute_history(values, np.zeros(m), [MAXIMISE] * m)
    assert volumes[-1] == pytest.approx(moocore.hypervolume(values, ref=np.zeros(m), maximise=True), rel=1e-12)
    assert (np.diff(volumes) >= 0).all()


def test_history_grows_trial_by_trial_and_passes_over_failed_ones() -> None:
    values = np.array([[1.0, 2.0], [np.nan, np.nan], [0.5, 3.0], [np.inf, 1.0], [2.0, 1.0]])
    volumes = compute_history(values, (0.0, 4.0), [MAXIMISE, MINIMISE])
    assert volumes.tolist() == [2.0, 2.0, 2.0, 2.0, 6.0]


def test_no_trials_have_an_empty_history() -> None:
    assert compute_history(np.empty((0, 2)), (0.0, 4.0), [MAXIMISE, MINIMISE]).tolist() == []


@pytest.mark.parametrize(
    ("reference", "directions", "message"),
    [
        ([0.0, math.inf], [MAXIMISE, MINIMISE], "finite reference point"),
        ([0.0, math.nan], [MAXIMISE, MINIMISE], "NaN"),
        ([0.0], [MAXIMISE, MINIMISE], r"values of shape \(1, 1\) for 2 directions"),
        ([0.0], ["max"], r"directions \['max'\]: want 'maximise' or 'minimise'"),
    ],
)
def test_what_cannot_be_measured_is_refused(reference: list[float], directions: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        GrowingVolume(reference, directions)
