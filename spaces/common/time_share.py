"""Work that is done again and again, as often as is cheap: it may take a share of the time that goes by."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class TimeShare:
    """Keeps count of the time that some work takes.

    Args:
        free: seconds that it may take in all, before they are counted.
        share: of the time since this was made, that it may take beyond.
    """

    def __init__(self, free: float, share: float) -> None:
        self.free, self.share = free, share
        self._began, self._spent = time.monotonic(), 0.0

    @property
    def left(self) -> bool:
        """Whether the work may be done now."""
        return self._spent <= self.free + self.share * (time.monotonic() - self._began)

    @contextmanager
    def spend(self) -> Iterator[None]:
        """Count what the block takes."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self._spent += time.monotonic() - begun
