"""Trainings of a confirmation in the store, on a real search: told as they end, or found again later."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from search import confirm
from search.config.settings import Settings
from search.results.results import Results
from search.run import main as search
from search.track import main as track
from search.tracking.mlflow import Mlflow
from tests.tiny import arguments, write_tiny


def test_trainings_are_recorded_once_by_whichever_command_and_stand_beside_the_trials_of_the_saved_view(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow = pytest.importorskip("mlflow")
    stores = {name: f"sqlite:///{tmp_path / name}.db" for name in ("confirmed", "tracked")}
    run, restore = tmp_path / "runs/r", confirm._restore

    def record(run: Results) -> Settings:
        return replace(restore(run), tracking=Mlflow(stores["confirmed"]))

    given = arguments(write_tiny(tmp_path / "data"), f"run.folder={run.parent}", "run.name=r")
    assert search([*given, "trials=3"]) == 0
    monkeypatch.setattr(confirm, "_restore", record)
    assert confirm.main([str(run), "--seeds", "2"]) == 0
    assert track([str(run), "--uri", stores["confirmed"]]) == 0
    for _ in range(2):
        assert track([str(run), "--uri", stores["tracked"]]) == 0
    found = []
    for store in stores.values():
        client = mlflow.MlflowClient(store)
        experiment = client.get_experiment_by_name("automl-mtl-sharing")
        runs = client.search_runs([experiment.experiment_id], "tags.`kind` = 'confirmation'")
        (view,) = [text for name, text in experiment.tags.items() if name.startswith("mlflow.sharedViewState.")]
        shown = client.search_runs([experiment.experiment_id], json.loads(view)["searchFilter"])
        assert [each.data.tags["kind"] for each in shown] == ["trial"] * 3
        assert {each.data.tags["space"] for each in runs} == {shown[0].data.tags["space"]}
        found.append({each.info.run_name: (each.data.params, each.data.metrics) for each in runs})
        assert len(found[-1]) == len(runs)
    assert found[0] == found[1]
    with open(run / "confirmed.csv", newline="") as file:
        numbers = [row["number"] for row in csv.DictReader(file)]
    names = {f"confirmation, trial {number}, seed {seed}" for number in numbers for seed in (500, 501)}
    assert names == {name for name in found[0] if "alone" not in name} < set(found[0])
    params, metrics = found[0][f"confirmation, trial {numbers[0]}, seed 500"]
    assert params and all(name.startswith("sharing/") for name in params)
    assert any(name.startswith("test/") for name in metrics)
