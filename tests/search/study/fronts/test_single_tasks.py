from __future__ import annotations

import math

import pytest

from search.study.fronts.best_guess import Guess
from search.study.fronts.single_tasks import (
    SingleTask,
    count_separate,
    estimate_errors,
    estimate_spreads,
    widen_guesses,
)
from tests.search.trials import SINGLES, complete


def test_what_single_task_networks_scatter_by_becomes_that_of_deltas() -> None:
    spreads, errors = estimate_spreads(SINGLES, {}), estimate_errors(SINGLES, {})
    assert errors["depth.delta"] == pytest.approx(1.0)
    assert errors["delta_mtl"] == pytest.approx(1 / math.sqrt(3))  # edges do not count in it
    assert spreads["edges.delta"] == pytest.approx(math.sqrt(5))
    assert spreads["delta_mtl"] == pytest.approx(math.sqrt(5 / 3))
    assert spreads["depth.abs_err_m"] == 0.004
    assert "depth.abs_err_m" not in errors  # which is measured against nothing
    assert (count_separate(SINGLES, 4), count_separate(SINGLES, 5)) == (40_000_000, 0)
    assert (estimate_spreads((), {}), estimate_errors((), {})) == ({}, {})


def test_the_mean_of_deltas_knows_no_more_than_its_tasks() -> None:
    far = {"segmentation.delta": 900.0, "depth.delta": 0.0, "normals.delta": -100.0}
    spreads = estimate_spreads(SINGLES, far)
    tasks = [math.hypot(2, times) for times in (10, 1, 2)]
    assert [spreads[name] for name in far] == pytest.approx(tasks)
    assert spreads["delta_mtl"] == pytest.approx(math.hypot(*tasks) / 3)
    assert spreads["worst_delta"] == pytest.approx(tasks[2])  # normals are the worst


@pytest.mark.parametrize(("higher", "delta"), [(True, 979.0), (False, -979.0)])
def test_far_from_zero_a_delta_knows_no_more_than_what_it_is_measured_from(higher: bool, delta: float) -> None:
    single = SingleTask("segmentation", True, "miou", "", higher, 0.026, 0.011, 3, 10)
    assert single.find_spread(0.0) == pytest.approx(single.share * math.sqrt(1 + 1 / 3))
    assert single.find_spread(delta) == pytest.approx(267, abs=1)
    alone = SingleTask("segmentation", True, "miou", "", higher, 0.026, math.nan, 1, 10)
    assert math.isnan(alone.find_spread(delta))
    assert estimate_spreads([alone], {}) == {}


def test_a_best_guess_is_as_uncertain_as_what_it_is_measured_from() -> None:
    guesses = {0: {"delta_mtl": Guess(1.0, 0.5), "depth.abs_err_m": Guess(0.2, 0.01)}}
    trials = [complete(0, 1.0, 10), complete(1, 2.0, 10)]
    wider = widen_guesses(guesses, trials, SINGLES[:1])
    assert wider == {0: {"delta_mtl": Guess(1.0, math.hypot(0.5, 1.0)), "depth.abs_err_m": Guess(0.2, 0.01)}}
    assert widen_guesses(guesses, trials, ()) == guesses
