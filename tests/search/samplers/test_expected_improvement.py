from __future__ import annotations

import numpy as np
import pytest

from search.problem import pareto
from search.samplers.expected_improvement import compute_improvement, find_boxes

MAXIMISE = "maximise"


def volume(values: np.ndarray) -> float:
    return pareto.compute_hypervolume(values, np.zeros(values.shape[1]), [MAXIMISE] * values.shape[1])


@pytest.mark.parametrize("objectives", [1, 2, 3])
def test_it_is_the_mean_over_many_outcomes(objectives: int) -> None:
    rng = np.random.default_rng(objectives)
    front, mean = rng.random((6, objectives)), 1.2 * rng.random((4, objectives))
    spread = np.tile([0.3, 0.2, 0.0][:objectives], (4, 1))
    outcomes = mean[:, None] + spread[:, None] * rng.standard_normal((4, 2000 if objectives < 3 else 500, objectives))
    wanted = [np.mean([volume(np.vstack([front, y])) - volume(front) for y in each]) for each in outcomes]
    found = compute_improvement(mean, spread, front, np.zeros(objectives))
    assert found == pytest.approx(wanted, abs=0.01, rel=0.1)


@pytest.mark.parametrize("objectives", [1, 2, 3])
def test_without_spread_it_is_the_hypervolume_that_is_added(objectives: int) -> None:
    rng = np.random.default_rng(0)
    front, candidates = rng.random((8, objectives)), rng.random((20, objectives))
    found = compute_improvement(candidates, np.zeros_like(candidates), front, np.zeros(objectives))
    assert found == pytest.approx([volume(np.vstack([front, each])) - volume(front) for each in candidates])


def test_boxes_and_the_front_fill_the_space() -> None:
    front = np.random.default_rng(1).random((10, 3))
    lower, upper = find_boxes(front, np.zeros(3))
    free = np.prod(np.minimum(upper, 1.0) - lower.clip(max=1.0), axis=1).clip(min=0).sum()
    assert free + volume(front) == pytest.approx(1.0)


def test_of_no_front_all_of_a_value_counts() -> None:
    assert compute_improvement(np.array([[2.0, 3.0]]), np.zeros((1, 2)), np.empty((0, 2)), np.array([1.0, 1.0])) == [
        2.0
    ]
