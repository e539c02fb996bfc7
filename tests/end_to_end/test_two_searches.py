"""Two searches at the same time share the baselines' cache and one MLflow store, and refuse to share a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from mlflow import MlflowClient

from tests.end_to_end.searches import kill_when, start, trials_in
from tests.tiny import arguments, write_tiny


@pytest.mark.slow
def test_two_searches_write_to_one_new_store(tmp_path: Path) -> None:
    given = [a for a in arguments(write_tiny(tmp_path / "data"), "trials=4") if a != "tracking=none"]
    processes = [start([*given, f"run.name={name}", f"run.seed={seed}"], tmp_path) for seed, name in enumerate("ab")]
    assert [process.wait(timeout=200) for process in processes] == [0, 0], (tmp_path / "log.txt").read_text()

    client = MlflowClient(f"sqlite:///{tmp_path / 'runs' / 'mlflow.db'}")
    (experiment,) = (e for e in client.search_experiments() if e.name != "Default")
    runs = client.search_runs([experiment.experiment_id], max_results=100)
    parents = {r.info.run_id: r.info.run_name for r in runs if "mlflow.parentRunId" not in r.data.tags}
    assert sorted(parents.values()) == ["a", "b"]
    for name in "ab":
        told = [r for r in runs if parents.get(r.data.tags.get("mlflow.parentRunId")) == name]
        keys = {trial.number: trial.key for trial in trials_in(tmp_path / "runs" / name).values()}
        assert {int(r.data.tags["search.trial"]): r.data.tags["key"] for r in told} == keys
        assert len(told) == 4
        assert all(r.info.status == "FINISHED" for r in runs)
    assert not (tmp_path / "mlruns").exists()


@pytest.mark.slow
def test_a_live_run_folder_is_refused_and_nothing_in_it_is_touched(tmp_path: Path) -> None:
    given = arguments(write_tiny(tmp_path / "data"), "trials=30", "run.name=live", "trainer.epochs=20")
    run = tmp_path / "runs" / "live"
    first = start(given, tmp_path)

    def refused() -> bool:
        if not (run / "study.journal").exists():
            return False
        second = start(given, tmp_path)
        assert second.wait(timeout=60) == 2
        return True

    kill_when(first, refused)
    told = (tmp_path / "log.txt").read_text()
    assert f"is in use by process {first.pid} on host" in told
    assert "run.name=NAME" in told
    assert "Traceback" not in told
