from __future__ import annotations

import moocore
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.problem import pareto
from search.problem.objectives import MAXIMISE, MINIMISE

# Few distinct values, so that ties and equal rows are common.
ROWS = st.integers(1, 4).flatmap(
    lambda m: st.tuples(
        st.lists(st.lists(st.integers(-3, 5), min_size=m, max_size=m), max_size=9),
        st.lists(st.sampled_from([MAXIMISE, MINIMISE]), min_size=m, max_size=m),
    )
)


def _worst(directions: list[str]) -> list[float]:
    return [-2.0 if direction == MAXIMISE else 4.0 for direction in directions]


def _maximised(directions: list[str]) -> list[bool]:
    return [direction == MAXIMISE for direction in directions]


@given(ROWS)
def test_the_front_is_that_of_moocore(drawn: tuple[list[list[int]], list[str]]) -> None:
    rows, directions = drawn
    values = np.array(rows, dtype=float).reshape(-1, len(directions))
    expected = moocore.is_nondominated(values, maximise=_maximised(directions), keep_weakly=True)
    assert pareto.mark_front(values, directions).tolist() == np.flatnonzero(expected).tolist()


@given(ROWS)
@settings(deadline=None)
def test_the_volume_is_that_of_moocore(drawn: tuple[list[list[int]], list[str]]) -> None:
    rows, directions = drawn
    values, reference = np.array(rows, dtype=float).reshape(-1, len(directions)), _worst(directions)
    expected = moocore.hypervolume(values, ref=reference, maximise=_maximised(directions))
    assert pareto.compute_hypervolume(values, reference, directions) == pytest.approx(expected)


@pytest.mark.parametrize("m", [2, 3, 4, 5])
def test_the_volume_of_many_points_is_that_of_moocore(m: int) -> None:
    costs = np.random.default_rng(m).uniform(0, 1, (30, m)) ** 0.7
    expected = moocore.hypervolume(costs, ref=[0.9] * m)  # some points are beyond it
    assert pareto.compute_hypervolume(costs, [0.9] * m, [MINIMISE] * m) == pytest.approx(expected)


@given(ROWS, st.data())
def test_another_point_never_lowers_the_volume(drawn: tuple[list[list[int]], list[str]], data: st.DataObject) -> None:
    rows, directions = drawn
    point = data.draw(st.lists(st.integers(-3, 5), min_size=len(directions), max_size=len(directions)))
    before = pareto.compute_hypervolume(np.array(rows), _worst(directions), directions)
    after = pareto.compute_hypervolume(np.array([*rows, point]), _worst(directions), directions)
    assert after >= before - 1e-9
    if not moocore.is_nondominated(np.array([*rows, point], dtype=float), maximise=_maximised(directions))[-1]:
        assert after == pytest.approx(before)


@given(ROWS, st.randoms())
def test_order_does_not_matter(drawn: tuple[list[list[int]], list[str]], random: object) -> None:
    rows, directions = drawn
    shuffled = rows.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    reference = _worst(directions)
    same = pareto.compute_hypervolume(np.array(shuffled), reference, directions)
    assert same == pytest.approx(pareto.compute_hypervolume(np.array(rows), reference, directions))
    members = {tuple(rows[i]) for i in pareto.mark_front(np.array(rows), directions)}
    assert {tuple(shuffled[i]) for i in pareto.mark_front(np.array(shuffled), directions)} == members


def test_points_not_better_than_the_reference_add_nothing() -> None:
    values, directions = np.array([[5.0, 2e6], [-20.0, 1e6], [3.0, 4e6]]), [MAXIMISE, MINIMISE]
    assert pareto.compute_hypervolume(values, (-20.0, 3e6), directions) == pytest.approx(25 * 1e6)
    assert pareto.compute_hypervolume(np.empty((0, 2)), (-20.0, 3e6), directions) == 0.0


@pytest.mark.parametrize(
    ("values", "directions", "message"),
    [
        ([[1.0, float("nan")]], [MAXIMISE, MINIMISE], "a value is NaN; leave failed trials out"),
        ([[1.0, 2.0]], [MAXIMISE], r"values of shape \(1, 2\) for 1 directions"),
        ([[1.0]], ["max"], r"directions \['max'\]: want 'maximise' or 'minimise'"),
    ],
)
def test_what_cannot_be_compared_is_refused(values: list[list[float]], directions: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pareto.mark_front(np.array(values), directions)
    with pytest.raises(ValueError, match=message):
        pareto.compute_hypervolume(np.array(values), [0.0] * len(directions), directions)


def test_an_infinite_volume_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        pareto.compute_hypervolume(np.array([[-np.inf, 1.0]]), (1.0, 2.0), [MINIMISE, MINIMISE])
