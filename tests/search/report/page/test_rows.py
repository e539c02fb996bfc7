from __future__ import annotations

import math
from dataclasses import replace

import pytest

from search.problem.objectives import DELTA_MTL, MACS
from search.report.page.rows import POINTS, list_trials, thin
from search.study.fronts.front import Estimate, FrontView
from search.study.fronts.single_tasks import SingleTask
from tests.search.trials import complete

NAMED = (("depth", "abs_err_m"), ("no", "curve"))


def test_curves_are_thinned_to_their_ends() -> None:
    assert thin([0.123456, math.nan, 0.5]) == [[1, 0.1235], [3, 0.5]]
    long = thin([float(n) for n in range(1000)])
    assert len(long) <= POINTS + 1
    assert (long[0], long[-1]) == ([1, 0.0], [1000, 999.0])


def test_headlines_and_files_of_weights_stand_with_the_trial() -> None:
    trial = complete(0, 1.0, 10)
    trial = replace(trial, metrics={**trial.metrics, "depth.delta": -100.0})
    singles = [SingleTask(name, name == "depth", metric, "", False, 0.5, 0.1, 4, 10) for name, metric in NAMED]
    view = FrontView([trial], (trial,), (DELTA_MTL, MACS), (-20.0, 20.0), {}, singles=singles)
    (line,) = list_trials(view, {0: "trials/0000.pt"})
    assert set(line["curves"]) == {"depth.abs_err_m"}
    of_both = 28.3  # of one training 20, of the mean of four, at its double, 20
    told = dict.fromkeys(("depth.delta", "delta_mtl", "worst_delta"), of_both)
    assert line["spreads"] == {**told, "depth.abs_err_m": 0.1}
    assert line["shown"]["delta_mtl"][:2] == [1.0, pytest.approx(28.28, abs=0.01)]
    assert line["weights"] == "trials/0000.pt"
    assert line["confirmed"] == {}
    again = replace(view, confirmed={0: {"depth.delta": Estimate(3.0, 2.0, 4.5), "macs": Estimate(9.0, 9.0, 9.0)}})
    assert list_trials(again)[0]["confirmed"] == {"depth.delta": [3.0, 1.25]}
