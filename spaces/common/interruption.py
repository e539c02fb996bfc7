"""SIGTERM, with which schedulers of clusters give notice, ends a command as Ctrl-C does."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

CAME: list[int] = []  # signals that were to end what this process did
STOPPING = "Stopping; what has finished is kept."  # of commands that train or measure for long
WORDS: list[str] = []  # of `told_at_once`, the innermost last; empty once they were told


def take_sigterm() -> None:
    """Have SIGTERM raise KeyboardInterrupt; in a thread, where Python allows no handlers, it stays as it is."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, interrupt)


def interrupt(number: int, frame: FrameType | None) -> None:
    """Raise KeyboardInterrupt, and note that it came: what is torn by it, an import say, may raise something else."""
    CAME.append(number)
    signal.default_int_handler(number, frame)


@contextmanager
def sigterm_interrupts() -> Iterator[None]:
    """The same while the block runs; whoever calls a command from a program gets its own handler back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    take_sigterm()
    if threading.current_thread() is threading.main_thread() and before[signal.SIGINT] is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for number, answer in before.items():
                signal.signal(number, signal.SIG_DFL if answer is None else answer)


@contextmanager
def told_at_once(words: str) -> Iterator[None]:
    """Ctrl-C and SIGTERM are answered with these words at the moment they come, and as they were answered before."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    WORDS.append(words)
    try:
        tell_first()
        yield
    finally:
        WORDS.pop()
        for number, answer in before.items():
            signal.signal(number, signal.SIG_DFL if answer is None else answer)


def tell_first() -> None:
    """Put the words of `told_at_once` before whatever answers now, for libraries take the signals for themselves."""
    if WORDS and threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            answer = signal.getsignal(number)
            if callable(answer) and not isinstance(answer, Telling):
                signal.signal(number, Telling(answer))


def asked_to_stop() -> bool:
    """Whether Ctrl-C or SIGTERM has come in a block of `told_at_once`, whose answer may take seconds."""
    return bool(WORDS) and not WORDS[-1]


class Telling:
    """A signal's answer, with the words of `told_at_once` before it, once.

    Args:
        answer: what is done then.
    """

    def __init__(self, answer: Callable[[int, FrameType | None], object]) -> None:
        self._answer = answer

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Tell, and answer."""
        if WORDS and WORDS[-1]:
            # The stream may be in the middle of a line of its own when the signal comes, and refuse.
            with suppress(RuntimeError, OSError, ValueError):
                print(f"\n{WORDS[-1]}", file=sys.stderr, flush=True)
            WORDS[-1:] = [""]
        if _hold.depth and not _hold.noted:
            _hold.noted.append((self._answer, number))
        else:  # who asks twice means now
            self._answer(number, frame)


@dataclass
class _Hold:
    """Blocks of `answered_after` that run, and the signal that came in them, with its answer."""

    depth: int = 0
    noted: list[tuple[Callable[[int, FrameType | None], object], int]] = field(default_factory=list)


_hold = _Hold()


@contextmanager
def answered_after() -> Iterator[None]:
    """An interruption is told at once, and answered after the block, the second one at once.

    For what leaves more behind than it has written where it is torn: a package that is half imported, say, of which
    whoever imports it later has the half.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _hold.depth += 1
    try:
        yield
    finally:
        _hold.depth -= 1
        if not _hold.depth and _hold.noted:
            answer, number = _hold.noted.pop()
            answer(number, None)


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
