from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from search.confirming.intervals import adjust, compare, estimate_spread, find_intervals

TABLE = np.array([[1.0, 2.5, 1.7], [3.1, 4.4, 4.0], [2.0, 4.1, 3.9], [7.7, 9.0, 8.2]])


def test_mean_squares_are_those_of_a_randomised_block_design() -> None:
    spread = estimate_spread(TABLE)
    networks, seeds = TABLE.shape
    rest = TABLE - TABLE.mean(1, keepdims=True) - TABLE.mean(0) + TABLE.mean()
    assert spread.rest_df == (networks - 1) * (seeds - 1)
    assert spread.rest == pytest.approx((rest**2).sum() / spread.rest_df)
    assert spread.seeds == pytest.approx(networks * TABLE.mean(0).var(ddof=1))
    assert spread.seeds_df == seeds - 1


def test_of_one_network_the_interval_is_student_s() -> None:
    (found,) = find_intervals(TABLE[:1])
    low, high = stats.t.interval(0.95, 2, TABLE[0].mean(), stats.sem(TABLE[0]))
    assert (found.mean, found.sd, found.seeds) == pytest.approx((TABLE[0].mean(), TABLE[0].std(ddof=1), 3))
    assert (found.low, found.high) == pytest.approx((low, high))


@pytest.mark.parametrize(("shared", "own"), [(0.0, 2.0), (1.5, 1.5), (3.0, 1.0)])
def test_intervals_hold_the_true_mean_as_often_as_they_say(shared: float, own: float) -> None:
    rng, hits, many = np.random.default_rng(0), 0, 300
    for _ in range(many):
        table = rng.normal(0, shared, 3) + rng.normal(0, own, (6, 3))
        hits += sum(found.low <= 0 <= found.high for found in find_intervals(table))
    assert 0.90 < hits / (6 * many) < 0.98


@pytest.mark.parametrize("shared", [0.0, 3.0])
@pytest.mark.parametrize("seeds", [3, 5])
@pytest.mark.parametrize("last", [1.0, 5.0])
def test_intervals_hold_though_one_network_scatters_more(last: float, seeds: int, shared: float) -> None:
    rng, hits, many = np.random.default_rng(0), np.zeros(6), 300
    scatter = np.array([*[1.0] * 5, last])[:, None]
    for _ in range(many):
        table = rng.normal(0, shared, seeds) + scatter * rng.normal(0, 1, (6, seeds))
        hits += [found.low <= 0 <= found.high for found in find_intervals(table)]
    assert (hits > 0.9 * many).all()


@pytest.mark.parametrize("shared", [0.0, 1.0, 3.0])
def test_intervals_of_a_network_that_has_fewer_seeds_hold_as_often(shared: float) -> None:
    rng, hits, many = np.random.default_rng(0), np.zeros(4), 600
    for _ in range(many):
        table = rng.normal(0, shared, 9) + rng.normal(0, 1.0, (4, 9))
        table[2:, 3:] = math.nan  # made up for by the others, which has an error of its own
        hits += [found.low <= 0 <= found.high for found in find_intervals(table)]
    assert (hits > 0.925 * many).all()
    assert (hits < 0.98 * many).all()


def test_where_nothing_tells_the_rest_an_interval_is_not_too_narrow_for_it() -> None:
    whole, short = find_intervals(np.array([[1.0, 3.0], [2.0, math.nan]]))
    assert short.mean == pytest.approx(3.0)
    assert short.high - short.low > whole.high - whole.low


def test_a_reference_s_scatter_widens_intervals_and_leaves_means_alone() -> None:
    plain, wider = find_intervals(TABLE), find_intervals(TABLE, TABLE + np.array([6.0, -3.0, -3.0]))
    assert [each.mean for each in plain] == [each.mean for each in wider]
    assert all(w.high - w.low > p.high - p.low for p, w in zip(plain, wider, strict=True))


def test_a_network_with_more_seeds_is_known_better_and_one_seed_tells_no_spread() -> None:
    further = np.full((4, 3), math.nan)
    further[:2] = [[1.6, 2.1, 1.8], [3.7, 4.4, 4.0]]
    found = find_intervals(np.column_stack([TABLE, further])[1:])
    assert [each.seeds for each in found] == [6, 3, 3]
    assert found[0].high - found[0].low < found[1].high - found[1].low
    assert all(math.isnan(each.low) and math.isnan(each.sd) for each in find_intervals(TABLE[:, :1]))


def test_gaps_leave_the_estimates_right_on_average() -> None:
    rng, found = np.random.default_rng(1), []
    there = np.array([[1, 1, 0, 0, 0], [1, 1, 1, 1, 1], [1, 1, 1, 1, 0], [1, 0, 0, 0, 0]], dtype=bool)
    for _ in range(2000):
        table = rng.normal(0, 2.0, 5) + rng.normal(0, 1.0, (4, 5)) + np.arange(4)[:, None]
        spread = estimate_spread(np.where(there, table, np.nan))
        found.append((spread.rest, spread.find_variance(1, 1.0)[0]))
    assert np.mean(found, axis=0) == pytest.approx([1.0, 4.0 + 1.0], rel=0.08)


def test_what_no_network_has_tells_nothing() -> None:
    (found,) = find_intervals(np.full((1, 3), math.nan))
    assert math.isnan(found.mean)
    assert found.seeds == 0


def test_neighbours_are_compared_in_pairs() -> None:
    first, second, third = compare(TABLE, [(0, 1), (1, 2), (2, 3)])
    assert first.mean == pytest.approx((TABLE[1] - TABLE[0]).mean())
    assert first.error == pytest.approx(math.sqrt(2 * estimate_spread(TABLE).rest / 3))
    assert first.told_apart
    assert not second.told_apart
    assert third.told_apart
    # What a seed does to all alike changes nothing.
    shifted = compare(TABLE + np.array([5.0, -9.0, 2.0]), [(0, 1)])[0]
    alone = compare(TABLE, [(0, 1)])[0]
    assert (shifted.mean, shifted.p) == pytest.approx((alone.mean, alone.p))


def test_two_networks_are_compared_as_by_a_paired_t_test() -> None:
    (found,) = compare(TABLE[:2], [(0, 1)])
    assert found.p == pytest.approx(stats.ttest_rel(TABLE[1], TABLE[0]).pvalue)


def test_without_a_spread_nothing_is_told_apart() -> None:
    assert not compare(TABLE[:, :1], [(0, 3)])[0].told_apart


def test_equal_networks_are_not_told_apart() -> None:
    (found,) = compare(np.array([TABLE[0], TABLE[0]]), [(0, 1)])
    assert (found.mean, found.p) == (0.0, 1.0)


def test_holm_s_values_rise_with_their_rank_and_end_at_one() -> None:
    assert adjust([0.01, 0.01, 0.9, 0.6]) == pytest.approx([0.04, 0.04, 1.0, 1.0])
    assert adjust([]) == []


@pytest.mark.parametrize("seeds", [3, 5])
def test_equal_networks_are_not_told_apart_though_one_scatters_more(seeds: int) -> None:
    rng, told = np.random.default_rng(1), 0
    for _ in range(300):
        values = rng.normal(size=(6, seeds)) * [[1], [1], [5], [1], [1], [1]] + rng.normal(size=seeds)
        told += any(each.told_apart for each in compare(values, [(row, row + 1) for row in range(5)]))
    assert told / 300 < 0.08  # 0.15 to 0.17 by the pooled variance alone


@pytest.mark.parametrize("networks", [2, 3])
def test_intervals_of_few_networks_hold_though_one_scatters_more(networks: int) -> None:
    rng, held = np.random.default_rng(3), 0
    for _ in range(300):
        values = rng.normal(size=(networks, 3)) + rng.normal(size=3) * 0.5
        values[0] += 5 * rng.normal(size=3)
        first = find_intervals(values)[0]
        held += first.low <= 0 <= first.high
    assert held / 300 > 0.92  # 0.85 and 0.87 by pooled variances
