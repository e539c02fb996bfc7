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
