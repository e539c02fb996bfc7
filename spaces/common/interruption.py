"""SIGTERM, with which schedulers of clusters give notice, ends a command as Ctrl-C does."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


def take_sigterm() -> None:
    """Have SIGTERM raise KeyboardInterrupt; in a thread, where Python allows no handlers, it stays as it is."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


@contextmanager
def sigterm_interrupts() -> Iterator[None]:
    """The same while the block runs; whoever calls a command from a program gets its own handler back."""
    before = signal.getsignal(signal.SIGTERM)
    take_sigterm()
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)
