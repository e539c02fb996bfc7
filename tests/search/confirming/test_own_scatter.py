from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from search.confirming.own_scatter import LOOSE, draw_own_means, find_own_variance, find_scattering, measure_half


def test_a_network_that_scatters_far_more_is_found_and_equal_ones_as_often_as_the_level_says() -> None:
    rng, equal, one = np.random.default_rng(0), np.zeros(6), np.zeros(6)
    scatter = np.array([1.0] * 5 + [5.0])[:, None]
    for _ in range(300):
        table = rng.normal(0, 2, 5) + rng.normal(0, 1, (6, 5))
        equal += find_scattering(table)
        one += find_scattering(table * scatter)
    assert equal.mean() / 300 == pytest.approx(LOOSE, abs=0.04)
    assert one[-1] / 300 > 0.95
    assert one[:-1].max() / 300 < LOOSE / 2


def test_gaps_do_not_hide_it() -> None:
    table = np.random.default_rng(1).normal(0, 1, (5, 6))
    table[0] *= 20
    table[0, 4:] = table[3, 2:] = math.nan
    assert list(find_scattering(table)) == [True, False, False, False, False]


@pytest.mark.parametrize(
    "table", [np.zeros((4, 3)), np.full((3, 2), math.nan), np.eye(2), np.arange(6.0)[:, None], np.empty((0, 0))]
)
def test_where_nothing_tells_it_nobody_scatters(table: np.ndarray) -> None:
    assert not find_scattering(table).any()


def test_what_seeds_do_to_all_alike_is_no_scatter() -> None:
    assert not find_scattering(np.array([[1e6], [2e6], [3e6], [4e6]]) + np.array([0.1, 0.2, 0.7])).any()


def test_a_network_s_own_interval_is_student_s() -> None:
    row = np.array([1.0, 2.5, math.nan, 1.7])
    half = measure_half(*find_own_variance(row), 0.95)
    low, high = stats.t.interval(0.95, 2, np.nanmean(row), stats.sem(row[np.isfinite(row)]))
    assert half == pytest.approx((high - low) / 2)
    assert math.isnan(measure_half(*find_own_variance(row[2:]), 0.95))


def test_means_drawn_by_own_values_scatter_as_student_s_t_says() -> None:
    cells = np.array([[1.0, 5.0], [3.0, 5.0], [2.0, 5.0], [6.0, 5.0], [np.nan, np.nan]])
    drawn = draw_own_means(cells, np.array([2.5, 5.0]), 40_000)
    reach = stats.t.ppf(0.975, 3) * cells[:4, 0].std(ddof=1) / 2
    assert np.quantile(drawn[:, 0], [0.025, 0.975]) == pytest.approx([2.5 - reach, 2.5 + reach], abs=0.3)
    assert (drawn[:, 1] == 5.0).all()
