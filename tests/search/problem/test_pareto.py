from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.problem import pareto
from search.problem.objectives import MAXIMISE, MINIMISE
from tests.references import hypervolume as slow
from tests.references import pareto as obvious

# Few distinct values, so that ties and equal rows are common.
ROWS = st.integers(1, 4).flatmap(
    lambda m: st.tuples(
        st.lists(st.lists(st.integers(-3, 5), min_size=m, max_size=m), max_size=9),
        st.lists(st.sampled_from([MAXIMISE, MINIMISE]), min_size=m, max_size=m),
    )
)


def _worst(directions: list[str]) -> list[float]:
    return [-2.0 if direction == MAXIMISE else 4.0 for direction in directions]


@given(ROWS)
def test_the_front_is_the_one_of_the_definition(drawn: tuple[list[list[int]], list[str]]) -> None:
    rows, directions = drawn
    assert pareto.mark_front(np.array(rows), directions).tolist() == obvious.front(rows, directions)


@given(ROWS)
@settings(deadline=None)
def test_the_volume_is_the_number_of_dominated_cells(drawn: tuple[list[list[int]], list[str]]) -> None:
    rows, directions = drawn
    m = len(directions)
    costs = np.array(rows[:6], dtype=float).reshape(-1, m)
    reference = np.full(m, 4.0)
    expected = slow.by_cells(costs, reference)
    assert pareto.compute_hypervolume(costs, reference, [MINIMISE] * m) == pytest.approx(expected)


@pytest.mark.parametrize("m", [2, 3, 5])
def test_the_volume_agrees_with_random_throws(m: int) -> None:
    rng = np.random.default_rng(m)
    costs = rng.uniform(0, 1, (12, m)) ** 0.7
    reference = np.full(m, 1.1)
    throws = 40_000
    estimate = slow.by_chance(costs, reference, rng, throws)
    box = float(np.prod(reference))
    share = estimate / box
    error = box * np.sqrt(share * (1 - share) / throws)
    assert pareto.compute_hypervolume(costs, reference, [MINIMISE] * m) == pytest.approx(estimate, abs=4 * error)


def test_optuna_computes_the_same_volume() -> None:
    private = pytest.importorskip("optuna._hypervolume")
    rng = np.random.default_rng(0)
    for m in (2, 3, 4):
        costs, reference = rng.uniform(size=(30, m)), np.ones(m)
        expected = private.compute_hypervolume(costs, reference)
        assert pareto.compute_hypervolume(costs, reference, [MINIMISE] * m) == pytest.approx(expected)


@given(ROWS, st.data())
def test_another_point_never_lowers_the_volume(drawn: tuple[list[list[int]], list[str]], data: st.DataObject) -> None:
    rows, directions = drawn
    point = data.draw(st.lists(st.integers(-3, 5), min_size=len(directions), max_size=len(directions)))
    before = pareto.compute_hypervolume(np.array(rows), _worst(directions), directions)
    after = pareto.compute_hypervolume(np.array([*rows, point]), _worst(directions), directions)
    assert after >= before - 1e-9
    if any(obvious.dominates(row, point, directions) or row == point for row in rows):
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
