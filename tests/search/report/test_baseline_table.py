from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest

from search.jobs.job import Outcome
from search.report.baseline_table import make_baseline_rows, summarise_baselines, write_baseline_table
from tests.search.trials import TASKS, complete

TRIVIAL = {"segmentation.miou": 0.1, "depth.abs_err_m": 0.4, "normals.angle_deg": 40.0, "edges.f1": 0.2}
OUTCOMES = [
    Outcome({"segmentation.miou": 0.4}),
    Outcome({"segmentation.miou": 0.6}),
    Outcome({"depth.abs_err_m": 0.2}),
    Outcome({"normals.angle_deg": 25.0}),
    Outcome({"edges.f1": 0.5}),
]
MACS = {task.name: 5_000_000 for task in TASKS}


def test_mean_spread_and_count_of_single_task_networks_by_task(tmp_path: Path) -> None:
    rows = make_baseline_rows(TASKS, OUTCOMES, TRIVIAL, MACS)
    first = rows[0]
    assert (first.task, first.metric, first.better, first.trivial) == ("segmentation", "miou", "higher", 0.1)
    assert (first.single_task, first.networks) == (0.5, 2)
    assert abs(first.spread - 0.1414) < 1e-4
    assert rows[1].spread == 0.0
    write_baseline_table(tmp_path / "baselines.csv", rows)
    with open(tmp_path / "baselines.csv", newline="") as file:
        assert [row["task"] for row in csv.DictReader(file)] == [task.name for task in TASKS]


def test_a_member_that_loses_to_a_constant_on_a_main_task_is_named() -> None:
    rows = make_baseline_rows(TASKS, OUTCOMES, TRIVIAL, MACS)
    good, bad = complete(3, 1.0, 10), complete(4, 1.0, 11)
    bad = complete(4, 1.0, 11, metrics={**bad.metrics, "depth.abs_err_m": 0.5, "edges.f1": 0.1})
    assert "Every member of the front beats the constants" in summarise_baselines(rows, [good])
    told = summarise_baselines(rows, [good, bad])
    assert "the single-task networks cost 20.0 M multiply-accumulates together" in told
    assert "No better than a constant: trial 4 on depth;" in told  # edges are auxiliary


def test_a_front_without_members_has_no_range() -> None:
    told = summarise_baselines(make_baseline_rows(TASKS, OUTCOMES, TRIVIAL, MACS), []).splitlines()
    assert told[1].split()[-4:] == ["0.50", "+-", "0.14", "-"]


def test_nothing_is_said_of_main_tasks_where_there_are_none() -> None:
    rows = make_baseline_rows(TASKS[3:], OUTCOMES, TRIVIAL, MACS)
    told = summarise_baselines(rows, [complete(3, math.nan, 10)])
    assert "edges.f1" in told
    assert "main task" not in told
    assert "nan" not in told


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_it_takes_the_terminals_width_and_no_more_digits_than_the_noise(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    rows = make_baseline_rows(TASKS, OUTCOMES, TRIVIAL, MACS)
    members = [
        complete(number, 1.0, 10, metrics={**complete(3, 1.0, 10).metrics, "segmentation.miou": value})
        for number, value in enumerate((0.26251, 0.47722, 0.05))
    ]
    told = summarise_baselines(rows, members)
    assert max(map(len, told.splitlines())) <= columns
    assert "0.05 to 0.48" in told
    assert "0.50 +- 0.14" in told
    assert "0.2 +-" not in told  # of one network nothing is known
    assert all(line.startswith("  ") for line in told.splitlines()[:-2] if line)
