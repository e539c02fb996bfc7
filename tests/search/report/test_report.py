from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from search.jobs.trial import Trial
from search.problem import deltas, objectives
from search.report import front_table, report
from search.study.fronts.final_files import Final
from search.tracking import mlflow_values as records
from tests.search.report.reports import TRIALS, read_files, read_rows, write
from tests.search.trials import TASKS, complete, failed


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "trials").mkdir()
    (tmp_path / "trials" / "0000.pt").write_bytes(b"0")
    write(tmp_path, TRIALS)
    first = read_files(tmp_path)
    write(tmp_path, TRIALS[::-1])
    assert read_files(tmp_path) == first
    assert not [name for name in first if name.endswith(".tmp")]


@pytest.mark.parametrize("trials", [[], [failed(0), failed(1)]])
def test_without_a_complete_trial_there_is_no_front_but_a_report(trials: list[Trial], tmp_path: Path) -> None:
    assert write(tmp_path, trials) == ()
    assert len(read_rows(tmp_path / "trials.csv")) == len(trials)
    assert read_rows(tmp_path / "front.csv") == []
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
    assert list(read_rows(tmp_path / "front.csv")[0])[2 : 2 + len(names)] == names
    assert (tmp_path / "front.png").read_bytes().startswith(b"\x89PNG")
    assert f"Pareto front of {', '.join(names)}: {len(members)} of 3 trials." in (tmp_path / "front.html").read_text()


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
        (row,) = read_rows(tmp_path / table)
        assert {row[name] for name in undefined} == {""}
        assert row["edges.f1"] == "0.4"
    assert "0.4" in front_table.summarise_front([trial], chosen)
    assert not set(undefined) & {point.name for point in records.list_points(trial)}


def test_what_was_trained_to_the_end_is_what_the_folder_of_the_front_holds(tmp_path: Path) -> None:
    trials = [replace(complete(0, 9.0, 10), epochs=16), replace(complete(4, 12.0, 20), epochs=16), failed(1)]
    finals = [Final(trial, "a", tmp_path / "finals" / f"{trial.number:04d}-a.pt") for trial in trials]
    for folder, name, weights in (("trials", "", b"short"), ("finals", "-a", b"long")):
        (tmp_path / folder).mkdir()
        for number in (0, 3, 4):
            (tmp_path / folder / f"{number:04d}{name}.pt").write_bytes(weights)
    wanted = objectives.resolve_objectives(["delta_mtl", "macs"], TASKS)
    delivered = report.write_report(tmp_path, TRIALS, wanted, (-20.0, 1e9), TASKS, finals=finals)
    assert [trial.number for trial in delivered] == [0, 4]
    assert {path.read_bytes() for path in tmp_path.glob("front/*/weights.pt")} == {b"long"}
    assert [row["number"] for row in read_rows(tmp_path / "finals.csv")] == ["0", "1", "4"]
    assert "Delivered, trained to the end: 2 networks" in (tmp_path / "front.html").read_text()


def test_without_final_trainings_the_folder_of_the_front_holds_the_trials(tmp_path: Path) -> None:
    (tmp_path / "trials").mkdir()
    for number in (0, 3, 4):
        (tmp_path / "trials" / f"{number:04d}.pt").write_bytes(b"short")
    wanted = objectives.resolve_objectives(["delta_mtl", "macs"], TASKS)
    report.write_report(tmp_path, TRIALS, wanted, (-20.0, 1e9), TASKS, note=lambda members: f"{len(members)} <members>")
    assert not (tmp_path / "finals.csv").exists()
    assert '<p id="caution">3 &lt;members&gt;</p>' in (tmp_path / "front.html").read_text()
    assert {path.read_bytes() for path in tmp_path.glob("front/*/weights.pt")} == {b"short"}
