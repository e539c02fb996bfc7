from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from search.confirming.membership import choose_uncertain, estimate_dominance, estimate_membership
from search.confirming.request import MOST

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
    assert found[0] == pytest.approx(t.cdf(gaps.mean() / error, 2), abs=0.03)
    assert found.sum() == pytest.approx(1.0)


def test_a_network_without_a_seed_counts_by_those_it_has() -> None:
    gains = np.array([[1.0, 1.2, 0.9, np.nan], [3.0, 2.5, 3.1, 2.9]])
    found = estimate_membership(build(gains, [2, 1]), DIRECTIONS)
    assert found[0] < 0.05
    assert found[1] == 1.0


def test_one_seed_tells_no_probability() -> None:
    assert np.isnan(estimate_membership(build(np.array([[1.0], [2.0]]), [1, 2]), DIRECTIONS)).all()
    assert estimate_membership(np.empty((0, 0, 0)), DIRECTIONS).shape == (0,)


def test_open_places_get_the_next_seed_the_most_uncertain_first() -> None:
    chances, alone = np.array([1.0, 0.6, 0.07, 0.0, 0.45, np.nan]), np.zeros((6, 6))
    assert choose_uncertain(chances, alone, [3] * 6, 9) == [5, 4, 1, 2]
    assert choose_uncertain(chances, alone, [3] * 6, 2) == [5, 4]
    assert choose_uncertain(np.array([1.0, 0.01]), np.zeros((2, 2)), [3, 3], 9) == []


def test_what_may_dominate_an_open_network_gets_the_same_seeds() -> None:
    chances, dominance = np.array([1.0, 0.4, 1.0]), np.zeros((3, 3))
    dominance[1, 0] = 0.6
    assert choose_uncertain(chances, dominance, [3, 3, 3], 9) == [1, 0]
    assert choose_uncertain(chances, dominance, [3, 4, 3], 9) == [0]  # it catches up first
    assert choose_uncertain(chances, dominance, [5, 3, 3], 1) == [1]
    dominance[1] = [0.04, 0.0, 0.03]  # no one of them often, but together
    assert choose_uncertain(chances, dominance, [3, 3, 3], 9) == [1, 0]


def test_a_seed_that_one_network_alone_would_have_is_not_spent() -> None:
    chances, dominance = np.array([1.0, 0.4, 1.0]), np.zeros((3, 3))
    dominance[1, 0] = 0.6
    assert choose_uncertain(chances, dominance, [3, 3, 3], 1) == []
    assert choose_uncertain(chances, dominance, [3, 3, 4], 1) == [1]  # beside the third one's


def test_what_catches_up_is_not_cut_off_by_those_that_have_their_seeds() -> None:
    chances, dominance = np.array([1.0, 0.4, 1.0]), np.zeros((3, 3))
    dominance[1] = [0.5, 0.0, 0.3]
    assert choose_uncertain(chances, dominance, [3, 4, 4], 1) == [0]
    assert choose_uncertain(chances, dominance, [3, 3, 3], 2) == [1, 0]


def test_no_network_gets_more_seeds_than_may_be_asked_for() -> None:
    chances, dominance = np.array([1.0, 0.4]), np.array([[0.0, 0.0], [0.6, 0.0]])
    assert choose_uncertain(chances, dominance, [MOST, MOST], 9) == []
    assert choose_uncertain(chances, dominance, [MOST, MOST - 1], 9) == [1]


@pytest.mark.parametrize("budget", [*range(9, 21)])
def test_in_a_race_an_open_network_and_its_rival_end_with_equal_seeds(budget: int) -> None:
    rng, counts = np.random.default_rng(1), [3, 3, 3]
    gains = np.array([[1.0], [1.1], [9.0]]) + rng.normal(0, 1.0, (3, 30))
    while True:
        values = build(np.where(np.arange(30) < np.array(counts)[:, None], gains, np.nan), [1, 2, 3])
        chances, dominance = (each(values, DIRECTIONS) for each in (estimate_membership, estimate_dominance))
        rows = choose_uncertain(chances, dominance, counts, budget - sum(counts))
        if not rows:
            break
        for row in rows:
            counts[row] += 1
    assert 0.05 < chances[1] < 0.95
    assert counts == [3 + (budget - 9) // 2, 3 + (budget - 9) // 2, 3]


def test_unequal_seeds_do_not_make_the_worse_one_look_better() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        seeds = rng.normal(0, 5.0, 9)
        gains = np.array([seeds + 1.0, seeds]) + rng.normal(0, 0.1, (2, 9))
        gains[1, 3:] = np.nan
        found = estimate_membership(build(gains, [1, 2]), DIRECTIONS)
        assert found[0] == 1.0
        assert found[1] < 0.1


def test_probabilities_of_equal_networks_are_rarely_extreme() -> None:
    rng, extreme, many = np.random.default_rng(2), 0, 300
    for _ in range(many):
        gains = rng.normal(0, 2.0, 3) + rng.normal(0, 1.0, (2, 3))
        extreme += not 0.05 < estimate_membership(build(gains, [1, 2]), DIRECTIONS)[1] < 0.95
    assert extreme / many < 0.13


def test_a_network_with_one_seed_takes_no_probability_from_the_others() -> None:
    gains = np.array([[1.0, 1.2, 0.9], [3.0, 2.5, 3.1], [2.0, np.nan, np.nan]])
    assert np.isfinite(estimate_membership(build(gains, [1, 2, 3]), DIRECTIONS)).all()


def test_a_network_that_scatters_more_takes_no_certainty_from_the_others() -> None:
    rng, cost, wrong, certain = np.random.default_rng(2), np.arange(6.0), 0, 0
    for _ in range(60):
        true = cost + rng.normal(size=6) * 1.2
        shown = rng.normal(size=(6, 3)) * [[1], [1], [5], [1], [1], [1]] + rng.normal(size=3) + true[:, None]
        found = estimate_membership(np.stack([shown, np.tile(cost[:, None], 3)], 2), ["maximise", "minimise"])
        on_front = np.array([not (true[:row] >= true[row]).any() for row in range(6)])
        wrong += int(((found < 0.05) & on_front).sum() + ((found > 0.95) & ~on_front).sum())
        certain += int(((found < 0.05) | (found > 0.95)).sum())
    assert wrong / certain < 0.05  # 0.08 by the pooled variance alone
