from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from search.problem.objectives import resolve_objectives
from search.report import tables
from search.study.fronts.best_guess import guess_objectives
from tests.search.report.reports import CHOSEN, TRIALS, read_rows
from tests.search.trials import TASKS, complete, failed


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


MANY = [
    complete(number, delta, 20_000_000 - number * 1_000_000) for number, delta in enumerate((1.0, 0.5, 3.0, -1, -2, -6))
]
GUESSED = ["delta_mtl.guess", "delta_mtl.sd", "raw_front"]


def test_best_guesses_stand_beside_what_was_measured(tmp_path: Path) -> None:
    members = tables.write_tables(tmp_path, MANY, CHOSEN, TASKS)
    guesses = guess_objectives(MANY, CHOSEN)
    rows = read_rows(tmp_path / "trials.csv")
    assert list(rows[0])[4:10] == ["delta_mtl", "macs", *GUESSED, "flops"]
    for row in rows:
        guess = guesses[int(row["number"])]["delta_mtl"]
        assert float(row["delta_mtl.guess"]) == pytest.approx(guess.value)
        assert float(row["delta_mtl.sd"]) == pytest.approx(guess.sd)
        assert float(row["delta_mtl"]) == MANY[int(row["number"])].objectives["delta_mtl"]
    outcomes = {str(n): {"metrics": {"depth.abs_err_m": value}, "cost": {}} for n, value in enumerate((0.19, 0.21))}
    (tmp_path / "baselines.json").write_text(json.dumps(outcomes))
    tables.write_tables(tmp_path, MANY, CHOSEN, TASKS)
    for before, row in zip(rows, read_rows(tmp_path / "trials.csv"), strict=True):
        wider = math.hypot(float(before["delta_mtl.sd"]), 5.0)  # the error of what a delta is measured from
        assert float(row["delta_mtl.sd"]) == pytest.approx(wider)
    front = read_rows(tmp_path / "front.csv")
    assert list(front[0])[2:7] == ["delta_mtl", "macs", *GUESSED]
    assert [int(row["number"]) for row in front] == [trial.number for trial in members]


def test_the_raw_front_of_single_measurements_is_marked(tmp_path: Path) -> None:
    tables.write_tables(tmp_path, MANY, CHOSEN, TASKS)
    marked = {row["number"] for row in read_rows(tmp_path / "trials.csv") if row["raw_front"] == "yes"}
    assert marked == {"2", "3", "4", "5"}


def test_few_trials_have_no_guesses_and_no_columns_of_them(tmp_path: Path) -> None:
    tables.write_tables(tmp_path, MANY[:4], CHOSEN, TASKS)
    assert not set(GUESSED) & set(read_rows(tmp_path / "trials.csv")[0])


def test_a_supernet_s_estimates_stand_beside_what_was_measured_and_costs_are_not_estimated(tmp_path: Path) -> None:
    told = replace(MANY[1], estimates={"delta_mtl": -7.5, "macs": 19e6})
    tables.write_tables(tmp_path, [MANY[0], told, failed(2)], CHOSEN, TASKS)
    rows = read_rows(tmp_path / "trials.csv")
    assert list(rows[0])[4:8] == ["delta_mtl", "macs", "delta_mtl.estimate", "flops"]
    assert [row["delta_mtl.estimate"] for row in rows] == ["", "-7.5", ""]
    assert float(rows[1]["macs"]) == MANY[1].macs


def test_failed_trials_come_between_and_have_no_guesses(tmp_path: Path) -> None:
    tables.write_tables(tmp_path, [failed(9), *MANY], CHOSEN, TASKS)
    rows = read_rows(tmp_path / "trials.csv")
    assert list(rows[0])[4:10] == ["delta_mtl", "macs", *GUESSED, "flops"]
    assert [rows[-1][name] for name in GUESSED] == ["", "", ""]


def test_columns_stand_in_one_order_whichever_trial_comes_first(tmp_path: Path) -> None:
    told = [replace(trial, estimates={"delta_mtl": 1.0}) for trial in MANY]
    heads = []
    for trials in ([*told, failed(9)], [failed(0), *(replace(trial, number=trial.number + 1) for trial in told)]):
        tables.write_tables(tmp_path, trials, CHOSEN, TASKS)
        heads.append(list(read_rows(tmp_path / "trials.csv")[0]))
    assert heads[0] == heads[1]
    assert heads[0][6:10] == ["delta_mtl.guess", "delta_mtl.sd", "delta_mtl.estimate", "raw_front"]


def test_final_values_have_a_table_of_their_own(tmp_path: Path) -> None:
    finals = [replace(MANY[4], epochs=16), replace(MANY[1], epochs=16)]
    marks = {MANY[4].key: "all fused"}
    tables.write_finals_table(tmp_path, finals, CHOSEN, TASKS, marks)
    rows = read_rows(tmp_path / "finals.csv")
    assert [row["number"] for row in rows] == ["1", "4"]
    metrics = [f"{task.name}.{metric.name}" for task in TASKS for metric in task.table]
    deltas = ["worst_delta", *(f"{task.name}.delta" for task in TASKS)]
    first = ["number", "key", "status", "mark", "delta_mtl", "macs", "flops", "params", "fixed"]
    assert list(rows[0]) == [*first, *metrics, *deltas, "seconds", "epochs", "reason"]
    assert (rows[1]["delta_mtl"], rows[1]["mark"], rows[1]["epochs"]) == ("-2", "all fused", "16")
    assert not set(GUESSED) & set(rows[0])


def test_guesses_of_several_objectives_stand_side_by_side(tmp_path: Path) -> None:
    chosen = resolve_objectives(["delta_mtl", "worst_delta", "macs"], TASKS)
    trials = [
        replace(each, objectives={**each.objectives, "worst_delta": each.metrics["worst_delta"]}) for each in MANY
    ]
    tables.write_tables(tmp_path, trials, chosen, TASKS)
    head = list(read_rows(tmp_path / "trials.csv")[0])
    assert head[4:12] == [
        *("delta_mtl", "worst_delta", "macs", "delta_mtl.guess", "delta_mtl.sd", "worst_delta.guess", "worst_delta.sd"),
        "raw_front",
    ]
