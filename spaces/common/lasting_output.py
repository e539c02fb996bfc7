"""Standard output that outlasts its reader: a pipe that is closed, a terminal that is gone, signs that it cannot show.

What a command does counts more than what it says, so nothing ends because a line could not be printed.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO


class Lasting:
    """A text stream whose writes never fail; after the first that would have, they lead nowhere.

    Args:
        stream: that is written to.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """See `TextIO.write`."""
        try:
            return self._stream.write(text)
        except OSError:
            self._lead_nowhere()
        return len(text)

    def flush(self) -> None:
        """See `TextIO.flush`."""
        try:
            self._stream.flush()
        except OSError:
            self._lead_nowhere()

    def _lead_nowhere(self) -> None:
        """Also for what Python itself writes at its end."""
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


@contextmanager
def lasting_output() -> Iterator[None]:
    """Have standard output and standard error last while the block runs; streams of notebooks stay as they are."""
    before: tuple[TextIO | None, TextIO | None] = sys.stdout, sys.stderr
    for name, stream in zip(("stdout", "stderr"), before, strict=True):
        if stream is None:  # closed before the command began
            setattr(sys, name, io.StringIO())
        elif isinstance(stream, io.TextIOWrapper):
            with suppress(io.UnsupportedOperation, ValueError):  # a stream that has been read from, or is closed
                stream.reconfigure(errors="backslashreplace")  # in locales that do not know all signs
            setattr(sys, name, Lasting(stream))
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, Lasting):
                stream.flush()
        sys.stdout, sys.stderr = before
