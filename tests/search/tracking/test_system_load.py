from __future__ import annotations

from pathlib import Path

import pytest

from search.tracking.mlflow import EXPERIMENT
from search.tracking.mlflow_record import open_record
from search.tracking.system_load import PAUSE, SystemLoad

mlflow = pytest.importorskip("mlflow")
pytest.importorskip("psutil")

NAMES = {"system/cpu_utilization_percentage", "system/system_memory_usage_megabytes"}


def test_processor_and_memory_are_read_once_a_minute() -> None:
    load = SystemLoad(1_000_000)
    first = load.measure(1_005_500)
    assert {point.name for point in first} >= NAMES
    assert {point.step for point in first} == {5}
    assert load.measure(1_005_500 + PAUSE - 1) == []
    assert {point.step for point in load.measure(1_005_500 + PAUSE)} == {65}


@pytest.mark.parametrize(("command", "there"), [("python -m search.run", True), ("", False)])
def test_a_search_has_them_and_a_record_made_later_has_not(tmp_path: Path, command: str, there: bool) -> None:
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    record = open_record(uri, EXPERIMENT, tmp_path, "a run", "0" * 32, {}, command)
    record.measure()
    record.measure()
    client = mlflow.MlflowClient(uri)
    (run,) = client.search_runs([client.get_experiment_by_name(EXPERIMENT).experiment_id])
    assert (set(run.data.metrics) >= NAMES) is there
    assert len(client.get_metric_history(run.info.run_id, "system/cpu_utilization_percentage")) == there
