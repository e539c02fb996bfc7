"""A line now and then where lines are all there is, in a pipe or a file: rarer the longer a search runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FIRST, LONGEST = 10.0, 300.0  # seconds between two lines: our choice


class Pulse:
    """Says a line when it has something new to say and nothing else was said for a while; a context manager.

    Args:
        say: prints a text.
        describe: what there is to say; an empty text for nothing.
        first: seconds until the first line; each doubles the time to the next.
        longest: seconds between two lines at most.
    """

    def __init__(
        self, say: Callable[[str], None], describe: Callable[[], str], first: float = FIRST, longest: float = LONGEST
    ) -> None:
        self._say, self._describe, self._wait, self._longest = say, describe, first, longest
        self._spoken, self._last = time.monotonic(), ""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def __enter__(self) -> Pulse:
        self._thread.start()
        return self

    def __exit__(self, *of: object) -> None:
        self._ended.set()
        self._thread.join()

    def hear(self) -> None:
        """Something else was said."""
        self._spoken = time.monotonic()

    def _run(self) -> None:
        while not self._ended.wait(min(1.0, self._wait / 4)):
            if time.monotonic() - self._spoken < self._wait:
                continue
            text = self._describe()
            if text and text != self._last:
                self._say(text)
                self._last, self._wait = text, min(self._longest, 2 * self._wait)
                self.hear()
