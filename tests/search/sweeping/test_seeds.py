"""Means and deviations over seeds, as the statistics module has them."""

from __future__ import annotations

import csv
import io
import math
from statistics import mean, stdev

import numpy as np
import pytest

from search.comparison.pooled import Pooled
from search.problem.objectives import resolve_objectives
from search.study.fronts.front import FrontView, compute_volume, find_front
from search.sweeping.seeds import SettingRow, format_seeds, measure_run, tabulate_seeds
from tests.search.trials import TASKS, complete, failed

OBJECTIVES = resolve_objectives(["delta_mtl", "macs"], TASKS)
POINT = (-20.0, 100.0)


def pool() -> Pooled:
    trials = [complete(0, 1.0, 50), complete(1, 3.0, 80), failed(2), complete(3, -2.0, 40)]
    view = FrontView(trials, find_front(trials, OBJECTIVES), OBJECTIVES, POINT, {})
    return Pooled(view, {"a": [0, 1, 2], "b": [3], "c": []}, False, False, TASKS, {})


def test_a_run_is_measured_by_its_own_trials() -> None:
    pooled = pool()
    found = measure_run(pooled, "a")
    assert found["delta_mtl"] == 3.0 and found["macs"] == 50
    assert found["hypervolume"] == compute_volume(pooled.view.trials[:2], OBJECTIVES, POINT)
    assert measure_run(pooled, "b")["hypervolume"] == pytest.approx(18 * 60)
    assert measure_run(pooled, "c") == {}


def test_the_table_has_mean_deviation_and_number() -> None:
    values = np.random.default_rng(0).normal(size=(3, 3)).tolist()
    runs = [dict(zip(("hypervolume", "delta_mtl", "macs"), each, strict=True)) for each in values]
    rows = [SettingRow({"space": "fusion"}, [*runs, {}]), SettingRow({"space": "gates"}, runs[:1])]
    first, second = csv.DictReader(io.StringIO(tabulate_seeds(rows, OBJECTIVES)))
    assert (first["space"], first["seeds"], second["space"], second["seeds"]) == ("fusion", "3", "gates", "1")
    for place, name in enumerate(("hypervolume", "delta_mtl.best", "macs.best")):
        column = [each[place] for each in values]
        assert float(first[f"{name}.mean"]) == pytest.approx(mean(column))
        assert float(first[f"{name}.sd"]) == pytest.approx(stdev(column))
        assert float(second[f"{name}.mean"]) == pytest.approx(column[0])
        assert second[f"{name}.sd"] == ""
    assert math.isnan(SettingRow({}, [{}]).mean("macs"))


def test_the_terminal_s_table_says_the_same() -> None:
    runs = [
        {"hypervolume": 1200.0, "delta_mtl": 1.0, "macs": 5e6},
        {"hypervolume": 1000.0, "delta_mtl": 2.0, "macs": 5e6},
    ]
    lines = format_seeds([SettingRow({}, runs), SettingRow({}, [{}])], OBJECTIVES).splitlines()
    assert lines[0].split()[:3] == ["seeds", "hypervolume", "[%"]
    assert "all runs  2      1.10 k +- 141" in lines[1]
    assert "+1.5 % +- 0.7 %" in lines[1]
    assert lines[2].split() == ["all", "runs", "0", "-", "-", "-"]
