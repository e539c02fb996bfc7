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


@contextmanager
def hold_interrupts() -> Iterator[None]:
    """Ctrl-C is answered after the block; processes that are begun in it never answer, for they inherit the mask."""
    noted: list[int] = []
    answer = signal.signal(signal.SIGINT, lambda number, frame: noted.append(number))
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        signal.signal(signal.SIGINT, answer)
    if noted:
        raise KeyboardInterrupt
