from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from search.jobs.heartbeat import Beat
from search.tracking import background_tracker
from search.tracking.background_tracker import BackgroundTracker
from search.tracking.mlflow import Mlflow
from tests.search.trials import complete


class Listed:
    """A store that is a list."""

    def __init__(self, written: list[Any]) -> None:
        self._written = written

    def log(self, trial: Any) -> None:
        self._written.append(trial.number)

    def log_training(self, training: Any) -> None:
        self._written.append(training.name)

    def log_progress(self, volumes: Mapping[int, float]) -> None:
        self._written.extend(volumes.values())

    def log_front(self, members: Sequence[int], marks: Mapping[int, str], delivered: Sequence[str] | None) -> None:
        self._written.append(list(members))

    def measure(self) -> None:
        """This machine's load is nothing to it."""

    def close(self, status: str, *_: Any) -> None:
        self._written.append(status)


def test_the_driver_does_not_wait_for_the_store() -> None:
    written: list[Any] = []
    opened = threading.Event()

    class Blocked(Listed):
        def log(self, trial: Any) -> None:
            assert opened.wait(60)
            super().log(trial)

    tracker = BackgroundTracker(lambda *_: Blocked(written), "The store", "")
    tracker.open("a search", "id", {}, "")
    for number in range(10):
        tracker.log(complete(number, 1.0, 10))  # comes back although nothing can be written
    assert not written
    opened.set()
    tracker.close("FINISHED")
    assert written == [*range(10), "FINISHED"]


@pytest.mark.parametrize("place", ["a file is the folder", "no database"])
def test_a_store_that_cannot_be_opened_is_one_warning(
    place: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "broken" / "mlflow.db"
    if place == "no database":
        path.parent.mkdir()
        path.write_text("this is a text, not a database, and long enough to be taken for neither" * 20)
    else:
        path.parent.write_text("in the way")
    _assert_one_warning(f"sqlite:///{path}", str(path), tmp_path, caplog)


def test_a_server_that_is_down_is_one_warning_in_seconds(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://someone:secret@127.0.0.1:9")
    _assert_one_warning("", "http://***@127.0.0.1:9", tmp_path, caplog)
    assert "secret" not in caplog.text


def _assert_one_warning(uri: str, place: str, runs: Path, caplog: pytest.LogCaptureFixture) -> None:
    tracker = Mlflow(uri=uri).tracker(runs)
    since = time.monotonic()
    with caplog.at_level(logging.WARNING, logger="search"):
        tracker.open("a search", "id", {}, "")
        tracker.log(complete(0, 1.0, 10))
        tracker.log_hypervolume(1, 1.0)
        lacking = tracker.close("FINISHED")
    assert time.monotonic() - since < 50  # its own patience would be a minute
    (record,) = [record for record in caplog.records if record.name.startswith("search")]
    message = record.getMessage()
    assert message.startswith(f"MLflow at {'' if uri == '' else 'sqlite:///'}{place} cannot be written: ")
    assert lacking and lacking in message
    assert "Nothing is lost, the run folder has it all. Mend the store" in message
    assert "the same command adds what is missing; `" in message
    assert "-m search.track RUN --uri URI` records the run in another." in message


def test_a_record_that_is_always_refused_does_not_keep_the_others_out(caplog: pytest.LogCaptureFixture) -> None:
    written: list[Any] = []

    class Picky(Listed):
        def log(self, trial: Any) -> None:
            if trial.number == 1:
                raise ValueError("no trial 1 here")
            super().log(trial)

    tracker = BackgroundTracker(lambda *_: Picky(written), "The store", "")
    tracker.open("a search", "id", {}, "")
    for number in range(4):
        tracker.log(complete(number, 1.0, 10))
    assert tracker.close("FINISHED") == "no trial 1 here"
    assert sorted(written[:-1]) == [0, 2, 3]
    assert written[-1] == "FINISHED"
    assert caplog.text.count("no trial 1 here") == 1


def test_a_store_that_hangs_does_not_hold_the_search(caplog: pytest.LogCaptureFixture) -> None:
    forever = threading.Event()

    def connect(*_: Any) -> Listed:
        forever.wait()
        return Listed([])

    tracker = BackgroundTracker(connect, "MLflow at x", "", patience=0.3)
    tracker.open("a search", "id", {}, "")
    assert tracker.close("FINISHED") == "it has not answered for 0.3 s"
    forever.set()
    assert "MLflow at x cannot be written: it has not answered for 0.3 s" in caplog.text


def test_it_looks_at_what_runs_while_nothing_else_is_to_be_recorded(tmp_path: Path) -> None:
    seen: list[Any] = []
    looked = threading.Event()

    class Followed(Listed):
        def follow(self, beats: Any) -> None:
            seen.append(beats)
            looked.set()

    left = tmp_path / "0001.begun"
    left.write_text(json.dumps(asdict(Beat("trial 1", 8, 2, 1.0, {"loss": 3.0}))))
    tracker = BackgroundTracker(lambda *_: Followed([]), "The store", "", look=0.05, soon=0.0)
    tracker.open("a search", "id", {}, "")
    tracker.watch({"trial 1": left, "trial 2": tmp_path / "none.begun"})
    assert looked.wait(60)
    tracker.close("FINISHED")
    assert seen[0] == {"trial 1": Beat("trial 1", 8, 2, 1.0, {"loss": 3.0})}


def test_a_record_opens_soon_though_nothing_is_to_be_recorded_and_once() -> None:
    opened: list[float] = []

    def connect(*_: Any) -> Listed:
        opened.append(time.monotonic())
        raise OSError("down")

    tracker, began = BackgroundTracker(connect, "The store", "", look=0.05, soon=0.5), time.monotonic()
    tracker.open("a search", "id", {}, "")
    while not opened and time.monotonic() - began < 60:
        time.sleep(0.01)
    time.sleep(0.3)
    assert len(opened) == 1
    assert opened[0] - began >= 0.5
    assert tracker.close("FINISHED") == "down"


def test_a_look_that_fails_is_one_warning_and_the_rest_is_recorded(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    written: list[Any] = []
    failed = threading.Event()

    class Refusing(Listed):
        def follow(self, beats: Any) -> None:
            failed.set()
            raise OSError("no room")

    left = tmp_path / "0001.begun"
    left.write_text(json.dumps(asdict(Beat("trial 1", 8))))
    tracker = BackgroundTracker(lambda *_: Refusing(written), "The store", "", look=0.05, soon=0.0)
    tracker.open("a search", "id", {}, "")
    tracker.watch({"trial 1": left})
    assert failed.wait(60)
    tracker.log(complete(1, 1.0, 10))
    assert tracker.close("FINISHED") == ""  # how far it was is not owed later
    assert written == [1, "FINISHED"]
    assert sum("no room" in record.message for record in caplog.records) == 1


def test_what_is_told_of_the_whole_search_is_written_at_once_and_the_last_front_alone() -> None:
    written: list[Any] = []
    tracker = BackgroundTracker(lambda *_: Listed(written), "The store", "")
    tracker.open("a search", "id", {}, "")
    for number in range(10):
        tracker.log(complete(number, 1.0, 10))
        tracker.log_hypervolume(number + 1, 0.5 + number)
        tracker.log_front([number], {})
    tracker.close("FINISHED")
    assert sorted(each for each in written if isinstance(each, float)) == [0.5 + number for number in range(10)]
    assert [each for each in written if isinstance(each, list)] == [[9]]
    assert written[-1] == "FINISHED"


def test_what_was_gathered_is_written_by_the_look_and_again_after_a_failure() -> None:
    written: list[Any] = []
    told, failures = threading.Event(), iter([True])

    class Failing(Listed):
        def log_front(self, members: Sequence[int], marks: Mapping[int, str], delivered: Sequence[str] | None) -> None:
            if next(failures, False):
                raise OSError("no room")
            super().log_front(members, marks, delivered)
            told.set()

        def log_progress(self, volumes: Mapping[int, float]) -> None:
            if volumes:
                super().log_progress(volumes)

    tracker = BackgroundTracker(lambda *_: Failing(written), "The store", "", look=0.05, soon=0.0)
    tracker.open("a search", "id", {}, "")
    tracker.log_front([1], {})
    tracker.log_hypervolume(1, 2.0)
    tracker.close("FINISHED")
    assert told.is_set()
    assert written.count([1]) == 1 and 2.0 in written


def test_of_a_server_that_is_not_reached_it_is_told_why_alone() -> None:
    said = (
        "API request to http://127.0.0.1:9/api/2.0/mlflow/experiments/get-by-name failed with exception "
        "HTTPConnectionPool(host='127.0.0.1', port=9): Max retries exceeded with url: /api/2.0/mlflow/experiments"
        "/get-by-name?experiment_name=a (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at "
        "0x7f>: Failed to establish a new connection: [Errno 111] Connection refused'))"
    )
    assert background_tracker._shorten(OSError(said)) == "the server is not reached (Connection refused)"
    assert background_tracker._shorten(OSError("no\nroom")) == "no room"
    assert background_tracker._shorten(KeyError()) == "KeyError"
