from __future__ import annotations

import csv
import json
import os
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from search.jobs.trial import Trial
from search.problem import deltas, objectives
from search.report import front_table, report, tables
from search.study import front
from search.tracking import mlflow_values as records
from spaces.pattern.sharing_pattern import SharingPattern
from tests.search.trials import TASKS, complete, failed

CHOSEN = objectives.resolve_objectives(["delta_mtl", "macs"], TASKS)
REFERENCE = (-20.0, 21e6)
TRIALS = [
    complete(3, -2.0, 9_000_000),
    failed(2),
    complete(0, 1.5, 18_000_000),
    complete(1, -4.0, 16_000_000),  # dominated
    complete(4, 1.0, 12_400_000),
]


def _rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def _files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def _write(folder: Path, trials: list[Trial]) -> tuple[Trial, ...]:
    return report.write_report(folder, trials, CHOSEN, REFERENCE, TASKS)


def test_the_table_of_trials_has_every_trial_in_order_and_every_number(tmp_path: Path) -> None:
    tables.write_tables(tmp_path, TRIALS, CHOSEN, TASKS)
    rows = _rows(tmp_path / "trials.csv")
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
    rows = _rows(tmp_path / "front.csv")
    assert [row["number"] for row in rows] == ["3", "4", "0"] == [str(trial.number) for trial in members]
    assert list(rows[0])[:4] == ["key", "number", "delta_mtl", "macs"]
    assert {"flops", "params", "worst_delta", "normals.angle_deg", "mark"} <= set(rows[0])


def test_both_tables_name_the_marked_patterns(tmp_path: Path) -> None:
    marks = {TRIALS[0].key: "all fused", TRIALS[3].key: "progressive tree"}
    tables.write_tables(tmp_path, TRIALS, CHOSEN, TASKS, marks)
    assert [row["mark"] for row in _rows(tmp_path / "trials.csv")] == ["", "progressive tree", "", "all fused", ""]
    assert [row["mark"] for row in _rows(tmp_path / "front.csv")] == ["all fused", "", ""]


def test_members_get_a_folder_and_former_members_lose_it(tmp_path: Path) -> None:
    (tmp_path / "trials").mkdir()
    (tmp_path / "trials" / "0004.pt").write_bytes(b"weights of 4")
    (tmp_path / "front" / "mine").mkdir(parents=True)
    _write(tmp_path, TRIALS)
    member = tmp_path / "front" / f"4-{TRIALS[4].key}"
    assert (member / "weights.pt").read_bytes() == b"weights of 4"
    pattern = SharingPattern.from_json(json.loads((member / "pattern.json").read_text()))
    assert pattern == TRIALS[4].pattern
    assert "trial 4" in ElementTree.parse(member / "pattern.svg").getroot()[0].text  # type: ignore[operator]
    assert "segmentation" in (member / "pattern.txt").read_text()

    better = complete(5, 3.0, 8_000_000)
    _write(tmp_path, [*TRIALS, better])
    assert sorted(p.name for p in (tmp_path / "front").iterdir()) == [f"5-{better.key}", "mine"]


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "trials").mkdir()
    (tmp_path / "trials" / "0000.pt").write_bytes(b"0")
    _write(tmp_path, TRIALS)
    first = _files(tmp_path)
    _write(tmp_path, TRIALS[::-1])
    assert _files(tmp_path) == first
    assert not [name for name in first if name.endswith(".tmp")]


def test_newer_weights_replace_older_ones(tmp_path: Path) -> None:
    weights = tmp_path / "trials" / "0000.pt"
    weights.parent.mkdir()
    weights.write_bytes(b"old")
    _write(tmp_path, TRIALS)
    weights.write_bytes(b"new")
    os.utime(weights, (2_000_000_000, 2_000_000_000))
    _write(tmp_path, TRIALS)
    assert (tmp_path / "front" / f"0-{TRIALS[2].key}" / "weights.pt").read_bytes() == b"new"


@pytest.mark.parametrize("trials", [[], [failed(0), failed(1)]])
def test_without_a_complete_trial_there_is_no_front_but_a_report(trials: list[Trial], tmp_path: Path) -> None:
    assert _write(tmp_path, trials) == ()
    assert len(_rows(tmp_path / "trials.csv")) == len(trials)
    assert _rows(tmp_path / "front.csv") == []
    assert (tmp_path / "front.png").stat().st_size > 1000
    assert ("No trial has finished." if not trials else "no trial has completed") in (
        tmp_path / "front.html"
    ).read_text()


@pytest.mark.parametrize(
    ("names", "reference"),
    [
        (["macs"], (21e6,)),
        (["params", "macs"], (1e6, 21e6)),
        (["delta_mtl", "worst_delta"], (-20.0, -20.0)),
        (["delta_mtl", "macs", "depth.abs_err_m"], (-20.0, 21e6, 0.5)),
    ],
)
def test_any_objectives_can_be_reported(names: list[str], reference: tuple[float, ...], tmp_path: Path) -> None:
    chosen = objectives.resolve_objectives(names, TASKS)
    trials = [
        complete(n, delta, macs, objectives=objectives.collect_objectives(t.metrics, t.macs, t.params, chosen))
        for n, (delta, macs) in enumerate([(1.0, 12_000_000), (2.0, 15_000_000), (-3.0, 8_000_000)])
        for t in [complete(n, delta, macs)]
    ]
    members = report.write_report(tmp_path, trials, chosen, reference, TASKS)
    assert members
    assert list(_rows(tmp_path / "front.csv")[0])[2 : 2 + len(names)] == names
    assert (tmp_path / "front.png").read_bytes().startswith(b"\x89PNG")
    assert (
        f"Pareto front of {', '.join(names)}: {len(members)} of 3 trials; 0 failed."
        in (tmp_path / "front.html").read_text()
    )


def test_undefined_deltas_are_empty_cells_and_no_metrics_in_the_record(tmp_path: Path) -> None:
    """So it is when all tasks are auxiliary."""
    tasks = [replace(task, role="auxiliary") for task in TASKS]
    chosen = objectives.resolve_objectives(["edges.f1", "macs"], tasks)
    trial = complete(0, 1.0, 10, objectives={"edges.f1": 0.4, "macs": 10.0})
    undefined = {
        name: value for name, value in deltas.compute_delta(trial.metrics, {}, tasks).items() if value != value
    }
    assert {"delta_mtl", "worst_delta"} <= set(undefined)
    trial = Trial.from_json(json.loads(json.dumps(replace(trial, metrics=trial.metrics | undefined).to_json())))
    assert report.write_report(tmp_path, [trial], chosen, (0.1, 21.0), tasks) == (trial,)
    for table in ("trials.csv", "front.csv"):
        (row,) = _rows(tmp_path / table)
        assert {row[name] for name in undefined} == {""}
        assert row["edges.f1"] == "0.4"
    assert "0.4" in front_table.summarise_front([trial], chosen)
    assert not set(undefined) & {point.name for point in records.list_points(trial)}


def test_one_pattern_stands_in_the_front_once() -> None:
    again = complete(9, 1.5, 18_000_000, key=TRIALS[2].key, pattern=TRIALS[2].pattern)
    assert [trial.number for trial in front.find_front([again, *TRIALS], CHOSEN)] == [3, 4, 0]
