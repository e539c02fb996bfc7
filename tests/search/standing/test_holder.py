from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from filelock import FileLock

from search.config.composition import compose
from search.confirm import main as confirm
from search.standing.holder import Holder, find_holder, refuse_held
from search.study.run_config import list_contents
from search.study.run_folder import LOCK, OWNER
from search.track import main as track
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


@pytest.mark.parametrize("command", [confirm, track])
def test_they_say_so_in_one_message_before_anything_has_ended(
    command: Callable[[list[str]], int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"search_id": "a", **list_contents(compose([]))}))
    _sign(tmp_path, os.getpid())
    with FileLock(tmp_path / LOCK):
        assert command([str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert f"{tmp_path} is in use: process {os.getpid()} on " in told
    assert "the search again" not in told
    assert len(told.splitlines()) == 1


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
