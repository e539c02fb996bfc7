"""Means of networks that share seeds."""

from __future__ import annotations

import numpy as np
import pytest

from search.confirming.paired_means import fit_paired


def test_with_equal_seeds_means_are_plain_and_exact_where_nothing_varies() -> None:
    rng = np.random.default_rng(0)
    values = np.stack([rng.normal(0, 1, (4, 3)), np.repeat([[0.1], [0.2], [0.3], [0.1]], 3, axis=1)], axis=2)
    found = fit_paired(values)
    assert found.means[:, 0] == pytest.approx(values[..., 0].mean(axis=1))
    assert found.means[:, 1].tolist() == [0.1, 0.2, 0.3, 0.1]
    assert found.df == 3 * 2
    drawn = found.draw(20000)
    assert (drawn[..., 1] == found.means[:, 1]).all()
    rest = (found.rest @ found.rest.T)[0, 0]
    assert np.var(drawn[:, 0, 0] - drawn[:, 1, 0]) == pytest.approx(2 * rest / 3 * 6 / 4, rel=0.1)  # t of 6 degrees


def test_a_network_that_lacks_a_seed_is_made_up_for_by_what_the_seed_does_to_others() -> None:
    values = np.array([[1.0, 11.0], [2.0, 12.0], [5.0, np.nan]])[..., None]
    assert fit_paired(values).means[:, 0] == pytest.approx([6.0, 7.0, 10.0])


def test_networks_that_share_no_seed_even_by_others_have_the_means_of_their_own() -> None:
    values = np.array([[10.0, 11.0, np.nan], [np.nan, np.nan, 12.0], [20.0, np.nan, np.nan]])[..., None]
    found = fit_paired(values)
    assert found.means[:, 0] == pytest.approx([10.5, 12.0, 20.5])
    assert found.seeds.tolist() == [2, 1, 2]


def test_without_a_second_seed_nothing_tells_a_spread() -> None:
    found = fit_paired(np.array([[[1.0]], [[np.nan]]]))
    assert found.df == 0
    assert found.means[0, 0] == 1.0
    assert np.isnan(found.means[1, 0])
