from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from search.standing.holder import Holder, find_holder, refuse_held
from search.study.run_folder import LOCK, OWNER
from spaces.errors import ConfigError


def _sign(folder: Path, pid: int, host: str = socket.gethostname()) -> None:
    (folder / OWNER).write_text(json.dumps({"pid": pid, "host": host}))


def test_a_folder_is_held_by_a_process_that_lives_and_locks_it(tmp_path: Path) -> None:
    assert find_holder(tmp_path) is None
    _sign(tmp_path, os.getpid())
    assert find_holder(tmp_path) is None  # a number that was given again after a kill
    with FileLock(tmp_path / LOCK):
        assert find_holder(tmp_path) == Holder(os.getpid(), socket.gethostname(), known=True)


def test_commands_that_write_are_refused_while_a_process_of_this_host_holds_the_run(tmp_path: Path) -> None:
    refuse_held(tmp_path)
    _sign(tmp_path, 7, "far-away")
    refuse_held(tmp_path)
    _sign(tmp_path, os.getpid())
    refuse_held(tmp_path)
    with (
        FileLock(tmp_path / LOCK),
        pytest.raises(ConfigError, match=f"is in use: process {os.getpid()} on .* still runs; wait until it has ended"),
    ):
        refuse_held(tmp_path)


def test_a_process_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    _sign(tmp_path, ended.pid)
    with FileLock(tmp_path / LOCK):
        assert find_holder(tmp_path) is None


def test_of_another_host_nothing_is_known_for_certain(tmp_path: Path) -> None:
    _sign(tmp_path, 7, "far-away")
    holder = find_holder(tmp_path)
    assert holder is not None
    assert holder.describe() == "process 7 on far-away, if that still runs"


def test_what_is_no_signature_is_none(tmp_path: Path) -> None:
    (tmp_path / OWNER).write_text("[]")
    assert find_holder(tmp_path) is None
