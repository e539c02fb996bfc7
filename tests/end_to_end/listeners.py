"""Addresses that the processes of a search listen on, seen from outside while it runs."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from tests.end_to_end.searches import MARK

LISTENING = "0A"  # of Linux' tables
EVERY = 0.2  # seconds


@contextmanager
def listeners(folder: Path) -> Iterator[set[str]]:
    """Collect the addresses, such as "127.0.0.1", of the searches in a folder until the block ends."""
    found: set[str] = set()
    over = Event()

    def watch() -> None:
        while not over.wait(EVERY):
            found.update(list_addresses(folder))

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def list_addresses(folder: Path) -> set[str]:
    """Those of now; every process that a search starts inherits its mark."""
    mark = f"{MARK}={folder}".encode()
    own: set[str] = set()
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (place / "environ").read_bytes().split(b"\0"):
                own |= {link.readlink().name for link in (place / "fd").iterdir()}
        except OSError:
            continue  # it went away
    found = set()
    for name in ("tcp", "tcp6"):
        for line in Path("/proc/net", name).read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == LISTENING and f"socket:[{inode}]" in own:
                found.add(_read_address(local.partition(":")[0]))
    return found


def _read_address(hexadecimal: str) -> str:
    words = [int(hexadecimal[at : at + 8], 16) for at in range(0, len(hexadecimal), 8)]
    packed = b"".join(struct.pack("=I", word) for word in words)
    return socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)
