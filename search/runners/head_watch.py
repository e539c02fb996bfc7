"""A cluster whose head is gone ends the command with a message, before Ray ends the process without one.

Ray's own library waits for a minute, in which this process answers to nothing, Ctrl-C included, and then exits.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

PATIENCE = 45.0  # seconds that a head may be silent: our choice, below the minute of Ray
PAUSE = 2.0  # seconds between two looks
LOST = (
    "Ray's head at {} has not answered for {:.0f} s; what has finished is kept. Start it again (with an address of "
    "one's own: ray start --head), and the same command goes on"
)


@contextmanager
def watch_head(address: str, end: Callable[[str], None] | None = None) -> Iterator[None]:
    """Look after the head while the block runs.

    Args:
        address: HOST:PORT of it, which answers now: one that is not reached from here cannot be watched.
        end: is told that it is lost, in a thread of its own; what ends this process if not given.
    """
    over = threading.Event()

    def look() -> None:
        answered = time.monotonic()
        while not over.wait(PAUSE):
            if answers(address):
                answered = time.monotonic()
            if time.monotonic() - answered >= PATIENCE and not over.is_set():
                (end or _end)(LOST.format(address, PATIENCE))
                return

    thread = threading.Thread(target=look, name="head watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()


def answers(address: str) -> bool:
    """Whether something listens at HOST:PORT."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=PAUSE):
            return True
    except OSError:
        return False


def _end(words: str) -> None:
    """End this process here and now: its main thread waits inside Ray and cannot be told."""
    with suppress(OSError, ValueError, RuntimeError):
        print(f"\n{words}", file=sys.stderr, flush=True)
    os._exit(1)
