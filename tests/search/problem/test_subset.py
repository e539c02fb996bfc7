"""The few points that hold most hypervolume."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.problem.objectives import MAXIMISE, MINIMISE
from search.problem.pareto import compute_hypervolume, mark_front
from search.problem.subset import choose_subset

quick = settings(max_examples=60, deadline=None)  # on busy cores a deadline measures the neighbours
DIRECTIONS = (MAXIMISE, MINIMISE)
REFERENCE = (-1.0, 11.0)
POINTS = st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=1, max_size=9)


def volume(values: np.ndarray, rows: object) -> float:
    return compute_hypervolume(values[list(rows)], REFERENCE, DIRECTIONS)  # type: ignore[call-overload]


def find_best(values: np.ndarray, count: int) -> float:
    return max(volume(values, rows) for rows in combinations(range(len(values)), min(count, len(values))))


@quick
@given(points=POINTS, count=st.integers(1, 5))
def test_it_is_a_part_of_the_front_without_doubles(points: list[tuple[int, int]], count: int) -> None:
    values = np.array(points, dtype=float)
    chosen = choose_subset(values, REFERENCE, DIRECTIONS, count)
    front = mark_front(values, DIRECTIONS).tolist()
    assert set(chosen) <= set(front)
    assert len(chosen) == min(count, len({points[row] for row in front}))
    assert len({points[row] for row in chosen}) == len(chosen)
    assert all(points.index(points[row]) == row for row in chosen)  # the first of equal ones


@quick
@given(points=POINTS, count=st.integers(1, 4))
def test_it_holds_at_least_the_share_of_the_best_that_a_greedy_choice_does(
    points: list[tuple[int, int]], count: int
) -> None:
    values = np.array(points, dtype=float)
    chosen = choose_subset(values, REFERENCE, DIRECTIONS, count)
    assert volume(values, chosen) >= (1 - 1 / np.e) * find_best(values, count) - 1e-9


@quick
@given(points=POINTS)
def test_one_point_and_all_points_are_chosen_as_they_have_to_be(points: list[tuple[int, int]]) -> None:
    values = np.array(points, dtype=float)
    assert volume(values, choose_subset(values, REFERENCE, DIRECTIONS, 1)) == find_best(values, 1)
    everything = choose_subset(values, REFERENCE, DIRECTIONS, len(points))
    assert volume(values, everything) == pytest.approx(volume(values, range(len(points))))


@pytest.mark.parametrize("objectives", [2, 3])
def test_after_exchanges_it_is_nearly_always_the_best_choice(objectives: int) -> None:
    directions, reference = (MAXIMISE,) * objectives, (0.0,) * objectives
    rng = np.random.default_rng(0)
    shares = []
    for _ in range(40):
        values = rng.random((10, objectives))
        values /= np.linalg.norm(values, axis=1, keepdims=True)  # all on the front
        chosen = choose_subset(values, reference, directions, 3)
        best = max(
            compute_hypervolume(values[list(rows)], reference, directions) for rows in combinations(range(10), 3)
        )
        shares.append(compute_hypervolume(values[chosen], reference, directions) / best)
    assert np.mean(np.array(shares) > 1 - 1e-9) >= 0.9
    assert min(shares) > 0.97


def test_a_greedy_choice_is_mended_by_an_exchange() -> None:
    """The middle holds most alone, and is no part of the best two."""
    values = np.array([[6.0, 6.0], [10.0, 4.0], [4.0, 10.0]])
    chosen = choose_subset(values, (0.0, 0.0), (MAXIMISE, MAXIMISE), 2)
    best = max(
        combinations(range(3), 2), key=lambda rows: compute_hypervolume(values[list(rows)], (0, 0), ("maximise",) * 2)
    )
    assert sorted(chosen) == sorted(best)


def test_of_no_points_none_is_chosen() -> None:
    assert choose_subset(np.empty((0, 2)), REFERENCE, DIRECTIONS, 3) == []
