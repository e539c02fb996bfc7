"""A Gaussian process over features of patterns."""

from __future__ import annotations

import numpy as np
import pytest

from search.samplers.surrogate import FITTED, compute_posterior


@pytest.mark.parametrize("seed", range(3))
def test_it_goes_through_points_without_noise_and_knows_less_elsewhere(seed: int) -> None:
    rng = np.random.default_rng(seed)
    seen = rng.random((40, 3))
    values = seen @ np.array([3.0, -2.0, 1.0]) + 5

    mean, spread = compute_posterior(seen, values, seen, usual=values.std())
    assert mean == pytest.approx(values, abs=0.1 * values.std())
    _, far = compute_posterior(seen, values, seen + 5, usual=values.std())
    assert (far > spread.max()).all()
    assert (spread > 0).all()


def test_units_and_origin_of_the_values_do_not_matter() -> None:
    rng = np.random.default_rng(0)
    seen, asked = rng.random((15, 2)), rng.random((6, 2))
    values = np.sin(4 * seen[:, 0]) + seen[:, 1]

    mean, spread = compute_posterior(seen, values, asked, usual=1.0)
    scaled, wider = compute_posterior(seen, 1000 * values - 7, asked, usual=1000.0)
    assert scaled == pytest.approx(1000 * mean - 7, rel=1e-3, abs=1.0)
    assert wider == pytest.approx(1000 * spread, rel=1e-2)


def test_observations_beyond_those_it_is_fitted_on_count_and_doubtful_ones_count_less() -> None:
    rng = np.random.default_rng(1)
    seen = rng.random((FITTED + 50, 2))
    values = seen[:, 0].copy()
    values[-1] += 3
    sure, _ = compute_posterior(seen, values, seen[-1:], usual=1.0)
    doubt = np.zeros(len(values))
    doubt[-1] = 10.0
    unsure, _ = compute_posterior(seen, values, seen[-1:], usual=1.0, doubt=doubt)
    assert abs(unsure[0] - seen[-1, 0]) < abs(sure[0] - seen[-1, 0])


def foretold(seed: int, correlation: float, seen: int = 6) -> tuple[float, float]:
    """Mean absolute errors beyond what was seen, with and without estimates of such a correlation with the truth."""
    rng = np.random.default_rng(seed)
    x = rng.random((40, 6))
    truth = rng.normal(size=40)
    told = correlation * truth + np.sqrt(1 - correlation**2) * rng.normal(size=40)
    told = 5 * told - 40  # in another unit, from another origin
    asked = x[seen:]
    given = told[:seen], told[seen:]
    errors = []
    for each in (given, None):
        mean, _ = compute_posterior(x[:seen], truth[:seen], asked, usual=1.0, foretold=each)
        errors.append(float(np.abs(mean - truth[seen:]).mean()))
    return errors[0], errors[1]


def test_estimates_that_tell_the_truth_are_believed() -> None:
    errors = np.array([foretold(seed, 1.0) for seed in range(8)])
    assert errors[:, 0].mean() < 0.25 * errors[:, 1].mean()


def test_good_estimates_help_and_noise_costs_little() -> None:
    good = np.array([foretold(seed, 0.9) for seed in range(10)]).mean(0)
    noise = np.array([foretold(seed, 0.0, seen=15) for seed in range(10)]).mean(0)
    assert good[0] < 0.75 * good[1]
    assert noise[0] < 1.15 * noise[1]


def test_unit_and_origin_of_the_estimates_do_not_matter() -> None:
    rng = np.random.default_rng(0)
    seen, asked, values = rng.random((12, 3)), rng.random((5, 3)), rng.normal(size=12)
    told = rng.normal(size=17)
    mean, spread = compute_posterior(seen, values, asked, 1.0, foretold=(told[:12], told[12:]))
    other = 1000 * told - 7
    again, wide = compute_posterior(seen, values, asked, 1.0, foretold=(other[:12], other[12:]))
    assert again == pytest.approx(mean, rel=1e-4, abs=1e-4)
    assert wide == pytest.approx(spread, rel=1e-3)


def test_estimates_that_are_all_alike_change_nothing() -> None:
    rng = np.random.default_rng(2)
    seen, asked, values = rng.random((12, 3)), rng.random((5, 3)), rng.normal(size=12)
    mean, spread = compute_posterior(seen, values, asked, 1.0)
    same = compute_posterior(seen, values, asked, 1.0, foretold=(np.full(12, 3.0), np.full(5, 3.0)))
    assert same[0] == pytest.approx(mean, abs=0.02)
    assert same[1] == pytest.approx(spread, rel=0.05)


def test_where_features_tell_nothing_estimates_still_do() -> None:
    seen, asked = np.empty((8, 0)), np.empty((3, 0))
    told = np.arange(11.0)
    mean, _ = compute_posterior(seen, 2 * told[:8], asked, usual=4.0, foretold=(told[:8], told[8:]))
    assert (np.diff(mean) > 0).all()
