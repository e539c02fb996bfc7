"""Who holds a run folder, found without touching its lock: a look must never keep a search from starting."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from search.study.run_folder import LOCK, OWNER
from spaces.errors import ConfigError

LOCKS = Path("/proc/locks")  # Linux alone


@dataclass(frozen=True)
class Holder:
    """A process that works on a run.

    Args:
        pid: its number.
        host: where it runs.
        known: whether it is seen to live; False on another host, where that cannot be seen.
    """

    pid: int
    host: str
    known: bool

    def describe(self) -> str:
        """In words."""
        where = f"process {self.pid} on {self.host}"
        return where if self.known else f"{where}, if that still runs"


def find_holder(folder: Path) -> Holder | None:
    """The process that holds a run folder; None where there is none, or one that was killed."""
    try:
        owner = json.loads((folder / OWNER).read_text(encoding="utf-8"))
        holder = Holder(int(owner["pid"]), str(owner["host"]), known=True)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if holder.host != socket.gethostname():
        return Holder(holder.pid, holder.host, known=False)
    return holder if _is_alive(holder.pid) and _is_locked(folder / LOCK) else None


def refuse_held(folder: Path) -> None:
    """Refuse a run folder that a process of this host works on, for commands that write into it.

    Raises:
        ConfigError: with what to do.
    """
    if (holder := find_holder(folder)) and holder.known:  # of another host's, the lock tells
        raise ConfigError(
            f"run folder {folder} is in use: {holder.describe()} still runs; wait until it has ended, or stop it with "
            f"Ctrl-C or kill {holder.pid}, which keeps what has finished, and give this command again"
        )


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True


def _is_locked(lock: Path) -> bool:
    """Whether any process holds the file; taken as true where that cannot be seen."""
    try:
        inode = lock.stat().st_ino
        rows = LOCKS.read_text(encoding="utf-8").splitlines()
    except OSError:
        return lock.exists()
    return any(field.rpartition(":")[2] == str(inode) for row in rows for field in row.split() if field.count(":") == 2)
