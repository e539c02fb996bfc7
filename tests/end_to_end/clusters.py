"""Ray clusters of several nodes on this machine, whose nodes can be killed, cut off and added while a search runs."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from ray.util import get_node_ip_address

from tests.conftest import ROOT

MARK = "NODE_TEST_NAME"
QUICK = {  # Ray's own patience with a silent node is half a minute
    "RAY_health_check_initial_delay_ms": "1000",
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_timeout_ms": "1000",
    "RAY_health_check_failure_threshold": "3",
}


def find_port() -> int:
    """One that is free now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


class Nodes:
    """Nodes by name; every process that Ray starts for one carries the name in its environment.

    Args:
        folder: of Ray's files; a short one, for sockets stand in it.

    Attributes:
        address: that a search takes.
        token: variables that a search wants in its environment.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, find_port()
        self._started: dict[str, subprocess.Popen[bytes]] = {}
        self.address = f"{get_node_ip_address()}:{self._port}"  # Ray takes it in place of a loopback address
        self.token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}

    def start_head(self, cpus: int = 1) -> None:
        """Begin the head, under the name "head"; it may be started again after it was killed."""
        ports = [f"--port={self._port}", f"--temp-dir={self._folder}"]
        self._start("head", ["--head", *ports, "--include-dashboard=false", "--no-monitor", f"--num-cpus={cpus}"])

    def add(self, name: str, inside: Sequence[str] = (), host: str = "") -> None:
        """A node of one CPU; ``inside`` is a command that starts another one elsewhere, such as in a namespace."""
        own = [f"--node-ip-address={host}"] if host else []
        self._start(name, [f"--address={self.address}", "--num-cpus=1", *own], inside)

    def wait_for(self, count: int) -> None:
        """Until as many nodes are up."""
        command = [sys.executable, "-m", "search.runners.wait_for_nodes", self.address, str(count), "120"]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **self.token}, check=True, timeout=180)

    def kill(self, name: str) -> None:
        """End all processes of a node at once, as if its machine had lost power."""
        for pid in self._list(name):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._started.pop(name).wait(timeout=30)

    def close(self) -> None:
        """Kill what is left."""
        for name in list(self._started):
            self.kill(name)

    def _start(self, name: str, options: list[str], inside: Sequence[str] = ()) -> None:
        ray = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--disable-usage-stats"]
        # No process that nobody here asks for: each is seconds of imports.
        few = ["--min-worker-port=0", "--max-worker-port=0", "--include-log-monitor=false"]
        with (self._folder / f"{name}.log").open("ab") as log:
            self._started[name] = subprocess.Popen(
                [*inside, *ray, *options, *few],
                env={**os.environ, **QUICK, **self.token, MARK: f"{self._folder}/{name}", "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _list(self, name: str) -> list[int]:
        mark = f"{MARK}={self._folder}/{name}".encode()
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (place / "environ").read_bytes().split(b"\0"):
                    found.append(int(place.name))
        return found


def wait_until(reached: Callable[[], bool], seconds: float, what: str) -> None:
    """Look now and then until it is so."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.1)
