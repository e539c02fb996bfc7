from __future__ import annotations

import sys

import numpy as np
import pytest

from search.confirming.attainment import compute_attainment

DIRECTIONS = ("maximise", "minimise")


def build() -> np.ndarray:
    rng = np.random.default_rng(0)
    gains = np.array([[1.0], [3.0], [4.0]]) + rng.normal(0, 1, (3, 5))
    costs = np.broadcast_to(np.array([[1.0], [2.0], [3.0]]), gains.shape)
    return np.stack([gains, costs], axis=2)


def test_surfaces_are_reached_by_their_share_of_the_seeds_and_not_beyond() -> None:
    pytest.importorskip("moocore")
    values = build()

    def count(gain: float, cost: float) -> int:
        reached = (values[..., 0] >= gain) & (values[..., 1] <= cost)
        return int(reached.any(axis=0).sum())

    found = compute_attainment(values, DIRECTIONS)
    assert list(found) == [50, 100]
    for share, least in ((50, 3), (100, 5)):
        for gain, cost in found[share]:
            assert count(gain, cost) >= least
            assert count(gain + 1e-6, cost) < least


def test_seeds_that_a_network_lacks_are_left_out() -> None:
    pytest.importorskip("moocore")
    values = build()
    gap = values.copy()
    gap[1, 4] = np.nan
    found, whole = compute_attainment(gap, DIRECTIONS), compute_attainment(values[:, :4], DIRECTIONS)
    assert all(np.array_equal(found[share], whole[share]) for share in whole)


def test_without_the_package_or_with_one_seed_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert compute_attainment(build()[:, :1], DIRECTIONS) == {}
    assert compute_attainment(build()[..., :1], DIRECTIONS[:1]) == {}
    assert compute_attainment(np.empty((0, 0, 0)), DIRECTIONS) == {}
    monkeypatch.setitem(sys.modules, "moocore", None)
    assert compute_attainment(build(), DIRECTIONS) == {}
