from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from search.confirming.membership import choose_uncertain, estimate_membership

DIRECTIONS = ("maximise", "minimise")


def build(gains: np.ndarray, macs: list[float]) -> np.ndarray:
    costs = np.broadcast_to(np.array(macs)[:, None], gains.shape)
    return np.stack([gains, costs], axis=2)


def test_clear_places_are_certain_and_close_ones_are_not() -> None:
    rng = np.random.default_rng(3)
    gains = np.array([[0.0], [5.0], [5.2], [1.0]]) + rng.normal(0, 0.5, (4, 5))
    found = estimate_membership(build(gains, [1, 2, 3, 4]), DIRECTIONS)
    assert found[0] == 1.0  # the cheapest always is
    assert found[1] == 1.0
    assert 0.05 < found[2] < 0.95
    assert found[3] == 0.0


def test_seeds_are_paired() -> None:
    shared = np.array([-4.0, 0.0, 4.0])
    gains = np.array([shared, shared + 0.1])  # the dearer one is better with every seed
    assert estimate_membership(build(gains, [1, 2]), DIRECTIONS).tolist() == [1.0, 1.0]


def test_means_of_draws_scatter_as_means_of_values_do() -> None:
    # Of two networks at one cost the better is on the front: its probability is that of a difference's sign.
    gaps = np.array([1.0, 0.2, -0.3])
    gains = np.array([gaps, np.zeros(3)])
    found = estimate_membership(build(gains, [1, 1]), DIRECTIONS)
    error = gaps.std(ddof=1) / np.sqrt(3)
    assert found[0] == pytest.approx(norm.cdf(gaps.mean() / error), abs=0.08)
    assert found.sum() == pytest.approx(1.0)


def test_a_network_without_a_seed_counts_by_those_it_has() -> None:
    gains = np.array([[1.0, 1.2, 0.9, np.nan], [3.0, 2.5, 3.1, 2.9]])
    assert estimate_membership(build(gains, [2, 1]), DIRECTIONS).tolist() == [0.0, 1.0]


def test_one_seed_tells_no_probability() -> None:
    assert np.isnan(estimate_membership(build(np.array([[1.0], [2.0]]), [1, 2]), DIRECTIONS)).all()
    assert estimate_membership(np.empty((0, 0, 0)), DIRECTIONS).shape == (0,)


def test_open_places_get_the_next_seed_the_most_uncertain_first() -> None:
    chances = np.array([1.0, 0.6, 0.07, 0.0, 0.45, np.nan])
    assert choose_uncertain(chances, 9) == [5, 4, 1, 2]
    assert choose_uncertain(chances, 2) == [5, 4]
    assert choose_uncertain(np.array([1.0, 0.01]), 9) == []
