"""An end to what takes too long, a process that hangs included."""

from __future__ import annotations

import faulthandler
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ended_after(seconds: float | None) -> Iterator[None]:
    """End this process, with a traceback of its threads on stderr, if the block is not left in time; None for never.

    A thread of faulthandler's own waits, in C: it comes to its end also where Python itself hangs.
    """
    if seconds is None:
        yield
        return
    faulthandler.dump_traceback_later(seconds, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
