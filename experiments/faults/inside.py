"""A search that kills itself while it writes a certain file: `python -m experiments.faults.inside SITE NTH DELAY ...`.

Python tells of every file that is about to be opened or renamed (PEP 578). At the NTH time that the SITE is written,
this process is killed DELAY seconds later, so within the writing or just after. Two further words for a SITE kill
nothing: with "clock" the process believes that it is an hour earlier, with "limit" no file may grow beyond NTH bytes.
"""

from __future__ import annotations

import os
import re
import resource
import runpy
import signal
import sys
import threading
import time

SITES = {
    "journal": re.compile(r"study\.journal"),
    "checkpoint": re.compile(r"\.ckpt"),
    "outcome": re.compile(r"\.outcomes/.*\.json"),
    "trial": re.compile(r"trials/\.?\d{4}\.json"),
    "weights": re.compile(r"trials/\.?\d{4}\.pt"),
    "baseline": re.compile(r"baselines"),
    "page": re.compile(r"front\.(html|png|csv)|trials\.csv"),
    "config": re.compile(r"config\.yaml|\.owner\.json"),
    "mlflow": re.compile(r"mlflow\.db|mlartifacts|mlruns"),
}
CLOCK, LIMIT = "clock", "limit"
HOUR = 3600.0


def kill_at(site: str, nth: int, delay: float) -> None:
    """Have this process killed when it writes there."""
    pattern, seen = SITES[site], 0

    def die() -> None:
        time.sleep(delay)
        os.kill(os.getpid(), signal.SIGKILL)

    def hear(event: str, given: tuple[object, ...]) -> None:
        nonlocal seen
        if event == "open":
            path, writes = given[0], isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR)
        elif event == "os.rename":
            path, writes = given[1], True
        elif event == "sqlite3.connect":
            path, writes = given[0], True
        else:
            return
        if writes and isinstance(path, str | bytes | os.PathLike) and pattern.search(os.fsdecode(path)):
            seen += 1
            if seen == nth:
                threading.Thread(target=die, daemon=True).start()

    sys.addaudithook(hear)


def set_clock_back() -> None:
    """Have this process believe that it is an hour earlier."""
    real = time.time
    time.time = lambda: real() - HOUR


def main() -> None:
    """Arm, then search as the command does."""
    site, nth, delay = sys.argv[1:4]
    if site == CLOCK:
        set_clock_back()
    elif site == LIMIT:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(nth), resource.RLIM_INFINITY))
    else:
        kill_at(site, int(nth), float(delay))
    sys.argv = [sys.argv[0], *sys.argv[4:]]
    runpy.run_module("search.run", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
