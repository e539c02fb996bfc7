"""How this process comes to Ray: one that is up in it already, a cluster at an address, or one started here."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from spaces.common.cores import count_cores
from spaces.common.machine_faults import MachineError
from spaces.errors import ConfigError

LONGEST = 107 if sys.platform.startswith("linux") else 103  # bytes of a socket's path, by the system's own limit
PATIENCE = 5.0  # seconds until a cluster has answered: our choice
SETTINGS = 4  # the kind of frame that either side of HTTP/2 begins with
SOCKET = "/session_2026-01-01_00-00-00_000000_4194304/sockets/plasma_store"  # what Ray adds to its folder
SHORT = ("/tmp", "/var/tmp", "/dev/shm")  # where there is room for it


def connect(address: str | None) -> Path | None:
    """Come to Ray; one that this process has started itself is used, whatever it was started for.

    Args:
        address: of a cluster, or None for a Ray of this search's own.

    Returns:
        A folder to be removed once Ray is shut down, if one was made.

    Raises:
        ConfigError: no cluster answers there, or this process is at another one.
        MachineError: Ray does not start here.
    """
    import ray  # ray: 0.5 s, and its settings have to be in the environment before

    if ray.is_initialized():
        _refuse_other(address, ray.get_runtime_context().gcs_address)
        return None
    if address:
        _join(address)
        return None
    place = make_short_folder()
    _provide_token()
    try:
        ray.init(
            # "local" or it would join whatever other Ray runs on this machine, and end with it
            address="local",
            num_cpus=count_cores(),  # Ray itself counts cores that this job may not use
            include_dashboard=False,
            **(QUIET | ({"_temp_dir": str(place)} if place else {})),
        )
    except (Exception, SystemExit) as error:  # of many kinds, the plain one among them
        if place:
            shutil.rmtree(place, ignore_errors=True)
        if isinstance(error, SystemExit):  # Ray's answer to SIGTERM while it starts
            raise KeyboardInterrupt from error
        raise MachineError(
            f"Ray does not start on this machine ({shorten(error)}); mend that, or take runner=inline, which trains "
            "one network after the other without Ray"
        ) from error
    return place


QUIET: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}


def _join(address: str) -> None:
    import ray  # as in `connect`

    answers = False
    try:
        if place := re.fullmatch(r"(?:ray://)?([^/\s]+):(\d+)", address):
            _greet(place[1], int(place[2]))
            answers = True
        with (
            silenced()
        ):  # Ray's own library says every second that it cannot come in, and at which level it says things
            ray.init(address=address, **QUIET)
    except (OSError, ValueError, RuntimeError) as error:
        raise ConfigError(
            f"runner.address={address}: no Ray cluster answers there ({shorten(error)}); start one "
            "with 'ray start --head', or leave runner.address (and $RAY_ADDRESS) out to use this machine alone"
            + (_mention_token() if answers else "")
        ) from error


@contextmanager
def silenced() -> Iterator[None]:
    """What libraries write to this process's stderr by themselves, past Python, is let go; what they raise is not."""
    with suppress(OSError, ValueError):
        sys.stderr.flush()
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def _greet(host: str, port: int) -> None:
    """See that a server of Ray's kind, gRPC, answers there: Ray itself would try for minutes.

    Raises:
        OSError: none does.
    """
    with socket.create_connection((host, port), timeout=PATIENCE) as line:
        if os.environ.get("RAY_USE_TLS", "0") != "0":
            return
        line.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, SETTINGS, 0, 0, 0, 0, 0]))
        answer = line.recv(9)
    if answer[3:4] != bytes([SETTINGS]):
        raise OSError("what listens there is no Ray")


def _mention_token() -> str:
    """How to come to a cluster that wants a token, which Ray sends to no address by itself."""
    if "RAY_AUTH_MODE" in os.environ:
        return ""
    return "; a cluster that wants a token wants RAY_AUTH_MODE=token in the environment of the search, too"


def _refuse_other(address: str | None, here: str) -> None:
    """See that the Ray of this process is the one that is wanted."""
    if address and address not in ("auto", "local") and not _is_same_place(address.removeprefix("ray://"), here):
        raise ConfigError(
            f"runner.address={address}: this process is connected to Ray at {here} already; leave runner.address (and "
            "$RAY_ADDRESS) out to use that one, or call ray.shutdown() before"
        )


def _is_same_place(one: str, other: str) -> bool:
    """Whether two of HOST:PORT are one, by whatever names; Ray knows its head on this machine by an outer address."""
    places = []
    for host, _, port in (each.rpartition(":") for each in (one, other)):
        try:
            hosts = {info[4][0] for info in socket.getaddrinfo(host, None)}
        except OSError:
            hosts = {host}
        if any(_is_here(each) for each in hosts):
            hosts = {"here"}
        places.append((hosts, port))
    (hosts, port), (others, other_port) = places
    return port == other_port and bool(hosts & others)


def _is_here(host: str | int) -> bool:
    """Whether an address is one of this machine's: a socket can be bound to it."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in str(host) else socket.AF_INET) as own:
            own.bind((str(host), 0))
    except OSError:
        return False
    return True


def _provide_token() -> None:
    """A password of this process's own where Ray cannot keep its usual one in the home folder."""
    if any(name in os.environ for name in ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")):
        return
    try:
        kept = Path.home() / ".ray" / "auth_token"
        known = kept.exists() or _writable(kept.parent)
    except (OSError, RuntimeError):  # no home at all
        known = False
    if not known:
        os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)


def make_short_folder(usual: Path | None = None, others: tuple[str, ...] = SHORT) -> Path | None:
    """A folder of its own for Ray's sockets where its usual one is too long for them or cannot be written.

    Args:
        usual: where Ray would put them; None for what the environment says.
        others: folders to make it in, the first that serves.

    Raises:
        MachineError: there is none.
    """
    usual = usual or Path(os.environ.get("RAY_TMPDIR") or tempfile.gettempdir()) / "ray"
    if _fits(usual) and _writable(usual):
        return None
    for folder in map(Path, others):
        if folder.is_dir() and _writable(folder):
            return Path(tempfile.mkdtemp(prefix="ray-", dir=folder))
    raise MachineError(
        f"Ray cannot put its sockets into {usual}: want a folder that can be written, of {LONGEST - len(SOCKET)} bytes "
        "at most; name one with RAY_TMPDIR=DIR, or take runner=inline, which does without Ray"
    )


def _fits(folder: Path) -> bool:
    return len(os.fsencode(str(folder))) + len(SOCKET) <= LONGEST


def _writable(folder: Path) -> bool:
    there = next(each for each in (folder, *folder.parents) if each.exists())
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def shorten(error: Exception) -> str:
    """The beginning of what an error says, in one line."""
    return " ".join(str(error).split())[:200]
