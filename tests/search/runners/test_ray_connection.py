from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir

import pytest

from search.runners import ray_connection
from search.runners.ray_connection import LONGEST, SOCKET, _is_same_place, connect, make_short_folder, silenced
from spaces.common.machine_faults import MachineError
from spaces.errors import ConfigError


def test_ray_keeps_its_usual_folder_where_its_sockets_fit() -> None:
    usual = Path(gettempdir(), "ray")
    assert (make_short_folder(usual) is None) == (len(f"{usual}{SOCKET}") <= LONGEST)


def test_a_long_or_unwritable_folder_is_gone_round(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for usual in (tmp_path / ("é" * 60), tmp_path / "file" / "ray"):
        made = make_short_folder(usual, (str(tmp_path / "file"), str(tmp_path)))
        assert made is not None and made.parent == tmp_path and made.name.startswith("ray-")
        assert os.access(made, os.W_OK)


def test_where_there_is_no_short_folder_the_setting_is_named(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match=r"of \d+ bytes at most; name one with RAY_TMPDIR=DIR, or take runner="):
        make_short_folder(tmp_path / ("x" * 100), ())


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A port of this machine that somebody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.mark.parametrize("answer", [None, b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_what_listens_and_is_no_ray_is_told_within_seconds(
    answer: bytes | None, listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_connection, "PATIENCE", 0.5)
    taken = []

    def reply() -> None:
        line, _ = listening.accept()
        taken.append(line)
        if answer is not None:
            with suppress(OSError):  # the other side may have gone
                line.sendall(answer)
                line.shutdown(socket.SHUT_WR)

    threading.Thread(target=reply, daemon=True).start()
    address, since = f"127.0.0.1:{listening.getsockname()[1]}", time.monotonic()
    with pytest.raises(ConfigError) as caught:
        connect(address)
    assert time.monotonic() - since < 5
    (told,) = caught.value.problems
    why = "timed out" if answer is None else "what listens there is no Ray"
    assert told.startswith(f"runner.address={address}: no Ray cluster answers there ({why}); start one with")
    assert "token" not in told
    for line in taken:
        line.close()


def test_one_place_by_two_names_is_no_other_cluster() -> None:
    assert _is_same_place("127.0.0.1:6379", "localhost:6379")
    assert not _is_same_place("127.0.0.1:6379", "127.0.0.1:6380")
    assert not _is_same_place("127.0.0.1:6379", "203.0.113.7:6379")
    assert _is_same_place("no.such.host.example:6379", "no.such.host.example:6379")
    assert not _is_same_place("auto", "127.0.0.1:6379")


def test_what_a_library_writes_past_python_is_let_go_and_stderr_is_there_again(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(ValueError, match="still raised"), silenced():
        os.write(2, b"let go")
        raise ValueError("still raised")
    os.write(2, b"told")
    assert capfd.readouterr().err == "told"
