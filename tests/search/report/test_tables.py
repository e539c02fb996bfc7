from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from search.report import tables
from tests.search.report.reports import CHOSEN, TRIALS, read_rows
from tests.search.trials import TASKS, failed


def test_the_table_of_trials_has_every_trial_in_order_and_every_number(tmp_path: Path) -> None:
    tables.write_tables(tmp_path, TRIALS, CHOSEN, TASKS)
    rows = read_rows(tmp_path / "trials.csv")
    assert [row["number"] for row in rows] == ["0", "1", "2", "3", "4"]
    metrics = [f"{task.name}.{metric.name}" for task in TASKS for metric in task.table]
    deltas = [f"{task.name}.delta" for task in TASKS]
    first = ["number", "key", "status", "mark", "delta_mtl", "macs", "flops", "params", "fixed"]
    last = ["mean_rank", "seconds", "epochs", "network_key", "reason"]
    assert list(rows[0]) == [*first, *metrics, "worst_delta", *deltas, *last]
    assert rows[0]["flops"] == str(2 * 18_000_000)
    assert float(rows[0]["depth.abs_err_m"]) == TRIALS[2].metrics["depth.abs_err_m"]
    assert rows[2]["status"] == "failed"
    assert rows[2]["reason"] == "loss is NaN in epoch 2"
    assert rows[2]["delta_mtl"] == ""


def test_the_table_of_the_front_is_sorted_by_cost(tmp_path: Path) -> None:
    members = tables.write_tables(tmp_path, TRIALS, CHOSEN, TASKS)
    rows = read_rows(tmp_path / "front.csv")
    assert [row["number"] for row in rows] == ["3", "4", "0"] == [str(trial.number) for trial in members]
    assert list(rows[0])[:4] == ["key", "number", "delta_mtl", "macs"]
    assert {"flops", "params", "worst_delta", "normals.angle_deg", "mark"} <= set(rows[0])


def test_both_tables_name_the_marked_patterns(tmp_path: Path) -> None:
    marks = {TRIALS[0].key: "all fused", TRIALS[3].key: "progressive tree"}
    tables.write_tables(tmp_path, TRIALS, CHOSEN, TASKS, marks)
    assert [row["mark"] for row in read_rows(tmp_path / "trials.csv")] == ["", "progressive tree", "", "all fused", ""]
    assert [row["mark"] for row in read_rows(tmp_path / "front.csv")] == ["all fused", "", ""]


def test_what_is_not_known_is_an_empty_cell_and_reasons_stand_on_one_line(tmp_path: Path) -> None:
    trials = [
        replace(TRIALS[0], metrics={**TRIALS[0].metrics, "edges.f1": float("nan"), "own.metric": 2.5}),
        failed(2, "out of\n  memory"),
    ]
    tables.write_tables(tmp_path, trials, CHOSEN, TASKS)
    rows = {row["number"]: row for row in read_rows(tmp_path / "trials.csv")}
    first = rows[str(TRIALS[0].number)]
    assert (first["edges.f1"], first["own.metric"]) == ("", "2.5")
    assert rows["2"]["reason"] == "out of memory"
    assert rows["2"]["own.metric"] == rows["2"]["delta_mtl"] == ""


def test_without_ranks_there_is_no_column_of_them(tmp_path: Path) -> None:
    tables.write_tables(tmp_path, [failed(0)], CHOSEN, TASKS)
    assert "mean_rank" not in read_rows(tmp_path / "trials.csv")[0]
    tables.write_tables(tmp_path, TRIALS, CHOSEN, TASKS)
    assert {row["mean_rank"] == "" for row in read_rows(tmp_path / "trials.csv")} == {True, False}
