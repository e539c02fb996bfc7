"""Opening a store; records in it are tested with `search.tracking.mlflow_record`."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from search.tracking.mlflow import Mlflow
from search.tracking.mlflow_store import find_runs, open_store
from search.tracking.store_uri import make_sqlite_uri
from tests.conftest import ROOT

pytest.importorskip("mlflow")


# One store for the module, for a new one takes seconds.
@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With what a process that was killed while it made the store has left."""
    folder = tmp_path_factory.mktemp("runs")
    with closing(sqlite3.connect(folder / "mlflow.db.new")) as left, left:
        left.execute("CREATE TABLE endpoints (routing_strategy VARCHAR(64))")
    return folder


@pytest.fixture
def opened(runs: Path) -> tuple[Any, str]:
    return open_store(make_sqlite_uri(runs / "mlflow.db"), "an experiment", runs)


def test_an_experiment_is_made_once_with_its_files_in_the_runs_folder(opened: tuple[Any, str], runs: Path) -> None:
    client, experiment = opened
    assert open_store(make_sqlite_uri(runs / "mlflow.db"), "an experiment", runs)[1] == experiment
    found = client.get_experiment(experiment)
    assert (found.name, found.artifact_location) == ("an experiment", (runs / "mlartifacts").as_uri())
    assert not (runs / "mlflow.db.new").exists()


def test_runs_are_found_by_their_tag_newest_first_and_deleted_ones_are_not(opened: tuple[Any, str]) -> None:
    client, experiment = opened
    for start, value in enumerate(("a", "b", "a", "a"), start=1):
        client.create_run(experiment, start_time=start, tags={"letter": value})
    client.delete_run(find_runs(client, experiment, "letter", "a")[1].info.run_id)
    assert [run.info.start_time for run in find_runs(client, experiment, "letter", "a")] == [4, 1]
    assert find_runs(client, experiment, "letter", "c") == []


def test_an_experiment_that_was_deleted_is_named(
    runs: Path, opened: tuple[Any, str], caplog: pytest.LogCaptureFixture
) -> None:
    client, _ = opened
    client.delete_experiment(client.create_experiment("gone", artifact_location=(runs / "x").as_uri()))
    tracker = Mlflow(experiment="gone").tracker(runs)
    tracker.open("a search", "id", {}, "")
    tracker.close("FINISHED")
    assert "its experiment 'gone' was deleted; restore it or set tracking.experiment to another" in caplog.text


def test_a_file_that_is_no_database_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_text("this is a text, not a database" * 50)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        open_store(make_sqlite_uri(tmp_path / "mlflow.db"), "an experiment", tmp_path)


def test_artifacts_follow_a_folder_that_was_moved(tmp_path: Path) -> None:
    """Nothing is written at the old place again, and what lies at the new one is found."""
    old, new = tmp_path / "old" / "rüns", tmp_path / "new" / "runs of mine"
    client, experiment = open_store(make_sqlite_uri(old / "mlflow.db"), "an experiment", old)
    run = client.create_run(experiment).info.run_id
    (tmp_path / "note.txt").write_text("first")
    client.log_artifact(run, str(tmp_path / "note.txt"))
    new.parent.mkdir()
    old.rename(new)
    old.parent.rmdir()
    command = (
        "import sys; from pathlib import Path; from search.tracking.mlflow_store import open_store; "
        "from search.tracking.store_uri import make_sqlite_uri; new = Path(sys.argv[1]); "
        "client, experiment = open_store(make_sqlite_uri(new / 'mlflow.db'), 'an experiment', new); "
        "client.log_artifact(sys.argv[2], sys.argv[3], 'later'); "
        "print([each.path for each in client.list_artifacts(sys.argv[2])])"
    )
    given = [sys.executable, "-c", command, str(new), run, str(tmp_path / "note.txt")]
    done = subprocess.run(given, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.stdout.strip() == "['later', 'note.txt']", done.stderr
    assert not old.parent.exists()
