from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from search.standing.moved import Left, follow_move
from search.standing.standing import Standing
from search.standing.started import Started, read_started, write_started
from search.standing.state import STOPPED
from search.standing.words import describe_run
from search.tracking.store_uri import make_sqlite_uri, make_view_command


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Started in a folder of its own, from there."""
    run = tmp_path / "old" / "runs" / "a"
    run.mkdir(parents=True)
    (run.parent / "mlflow.db").touch()
    view = make_view_command(make_sqlite_uri(run.parent.resolve() / "mlflow.db"))
    told = "space=fusion 'data.root=my photos' run.name=a"
    write_started(run, Started(told, view=view, place=str(tmp_path / "old"), folder=str(run.resolve())))
    return run


def test_a_run_that_lies_where_it_was_started_is_told_as_it_was(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_started(run).arguments == "space=fusion 'data.root=my photos' run.name=a"
    monkeypatch.chdir(run.parent)
    assert read_started(Path("a")) == read_started(run)
    earlier = Left("space=fusion", view="mlflow ui", place="/gone", folder="")  # of an earlier version
    assert follow_move(earlier, run) == earlier


@pytest.mark.parametrize("copied", [False, True])
def test_the_store_and_the_arguments_are_those_of_the_place_of_now(run: Path, tmp_path: Path, copied: bool) -> None:
    (shutil.copytree if copied else shutil.move)(run.parent, tmp_path / "my runs")
    now = (tmp_path / "my runs" / "a").rename(tmp_path / "my runs" / "b")
    told = read_started(now)
    store = (tmp_path / "my runs").resolve() / "mlflow.db"
    assert told.view == make_view_command(make_sqlite_uri(store))
    whole = f"'run.folder={tmp_path}/my runs' run.name=b"
    assert told.arguments == f"space=fusion 'data.root=my photos' {whole}"
    assert f"cd {tmp_path}/old && " in describe_run(Standing(now, STOPPED, started=told), None)


def test_a_store_that_did_not_come_along_or_was_given_stays(run: Path, tmp_path: Path) -> None:
    alone = Path(shutil.copytree(run, tmp_path / "new" / "a"))
    assert read_started(alone).view == read_started(run).view
    (alone.parent / "mlflow.db").touch()
    for view in ("https://mlflow.example.org", make_view_command(make_sqlite_uri(tmp_path / "own.db")), ""):
        assert follow_move(Left("", view, "", str(run)), alone).view == view


def test_paths_are_right_from_the_folder_that_moved_as_a_whole(run: Path, tmp_path: Path) -> None:
    (tmp_path / "old").rename(tmp_path / "new")
    assert read_started(tmp_path / "new/runs/a").place == str((tmp_path / "new").resolve())
    (tmp_path / "new/runs").rename(tmp_path / "elsewhere")
    told = read_started(tmp_path / "elsewhere/a")
    assert told.place == ""  # the folder of then is gone, so the command is for where the person stands
    assert "cd " not in describe_run(Standing(tmp_path / "elsewhere/a", STOPPED, started=told), None)
