from __future__ import annotations

import socket
import subprocess
import sys
import time

import pytest

from search.runners import head_watch
from search.runners.head_watch import watch_head


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head_watch, "PATIENCE", 0.2)
    monkeypatch.setattr(head_watch, "PAUSE", 0.02)


@pytest.mark.usefixtures("hurried")
def test_a_head_that_goes_silent_is_told_once_and_one_that_answers_is_not() -> None:
    told: list[str] = []
    head = socket.create_server(("127.0.0.1", 0))
    address = f"127.0.0.1:{head.getsockname()[1]}"
    with watch_head(address, told.append):
        time.sleep(0.5)
        assert not told
        head.close()
        end = time.monotonic() + 20
        while not told and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(0.3)
    (words,) = told
    assert words.startswith(f"Ray's head at {address} has not answered for")
    assert words.endswith("and the same command goes on")


@pytest.mark.usefixtures("hurried")
def test_after_the_block_nobody_is_watched() -> None:
    told: list[str] = []
    with watch_head("127.0.0.1:1", told.append):
        pass
    time.sleep(0.5)
    assert not told


def test_a_process_whose_main_thread_waits_for_ever_ends_with_the_message() -> None:
    script = (
        "import time; from search.runners import head_watch; head_watch.PATIENCE = head_watch.PAUSE = 0.1\n"
        "with head_watch.watch_head('127.0.0.1:1'): time.sleep(60)"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert "what has finished is kept" in ended.stderr
