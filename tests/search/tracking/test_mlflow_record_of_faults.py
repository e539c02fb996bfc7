from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from search.tracking import background_tracker
from search.tracking.mlflow import Mlflow
from tests.search.tracking.mlflow_runs import EXPERIMENT, find_parent, list_children, wait_until
from tests.search.trials import complete

mlflow = pytest.importorskip("mlflow")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a store, which is not to be made by a writer and by whoever looks at its record at the same time."""
    runs = tmp_path_factory.mktemp("runs")
    tracker = Mlflow(experiment=EXPERIMENT).tracker(runs)
    tracker.open("first", "first", {}, "")
    tracker.close("FINISHED")
    return runs


@pytest.fixture
def client(runs: Path) -> Any:
    return mlflow.MlflowClient(f"sqlite:///{runs / 'mlflow.db'}")


WRITER = """
import sys
from pathlib import Path
from search.tracking.mlflow import Mlflow
from search.tracking.tracker import Training
from tests.search.trials import complete
tracker = Mlflow().tracker(Path(sys.argv[1]))
tracker.open(sys.argv[2], sys.argv[2], {}, "")
for number in range(3):
    tracker.log(complete(number, 1.0, 10))
tracker.close("FINISHED")
"""


def test_two_searches_that_start_at_once_make_one_store_and_lose_nothing(tmp_path: Path) -> None:
    names = ["one", "two"]
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path / "runs"), name], stderr=subprocess.PIPE)
        for name in names
    ]
    errors = [writer.communicate(timeout=60)[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    assert errors == [b"", b""]
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'runs' / 'mlflow.db'}")
    (experiment,) = [e for e in client.search_experiments() if e.name != "Default"]
    parents = client.search_runs([experiment.experiment_id], "attributes.status = 'FINISHED'")
    parents = [run for run in parents if "search.id" in run.data.tags]
    assert sorted(run.data.tags["search.id"] for run in parents) == names
    assert all(len(list_children(client, run)) == 3 for run in parents)
    assert not (tmp_path / "mlruns").exists()


def test_a_writer_that_is_killed_leaves_a_record_that_the_next_one_completes(tmp_path: Path, runs: Path) -> None:
    program = WRITER.replace('tracker.close("FINISHED")', 'import time; print("on", flush=True); time.sleep(60)')
    program = program.replace("Mlflow()", f"Mlflow(experiment={EXPERIMENT!r})").replace("range(3)", "range(400)")
    writer = subprocess.Popen([sys.executable, "-c", program, str(runs), "killed"], stdout=subprocess.PIPE)
    client = mlflow.MlflowClient(f"sqlite:///{runs / 'mlflow.db'}")
    try:
        wait_until(lambda: len(list_children(client, find_parent(client, "killed"))) >= 2, seconds=30)
    finally:
        writer.kill()
        writer.communicate()
    left = list_children(client, find_parent(client, "killed"))
    assert len(left) < 400
    tracker = Mlflow(experiment=EXPERIMENT).tracker(runs)
    tracker.open("killed", "killed", {}, "")
    for number in range(len(left) + 2):
        tracker.log(complete(number, 1.0, 10))
    tracker.close("FINISHED")
    children = list_children(client, find_parent(client, "killed"))
    assert [int(run.data.tags["search.trial"]) for run in children] == list(range(len(left) + 2))
    assert {run.info.status for run in children} == {"FINISHED"}


def test_what_a_store_missed_while_it_failed_is_written_when_it_is_back(
    runs: Path, client: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(background_tracker, "PAUSE", 0.0)
    ok = threading.Event()
    real = mlflow.MlflowClient.set_terminated

    def fails_once(self: Any, run_id: str, *args: Any, **options: Any) -> None:
        if not ok.is_set():
            ok.set()
            raise OSError(28, "No space left on device")
        real(self, run_id, *args, **options)

    monkeypatch.setattr(mlflow.MlflowClient, "set_terminated", fails_once)
    tracker = Mlflow(experiment=EXPERIMENT).tracker(runs)
    tracker.open("a search", "full disk", {}, "")
    tracker.log(complete(0, 1.0, 10))
    tracker.log(complete(1, 1.0, 10))
    tracker.close("FINISHED")
    parent = find_parent(client, "full disk")
    assert parent.info.status == "FINISHED"
    assert [run.data.tags["search.trial"] for run in list_children(client, parent)] == ["0", "1"]
    assert "No space left on device" in caplog.text
