"""Python's collector of cycles, asked less often than it usually is.

A command imports torch, Ray and MLflow, whose modules stay: to look through them again and again while they are read
takes a tenth of the time that they take.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = 50_000, 20, 50  # new objects before the youngest are looked through, then rounds of those: our choice


@contextmanager
def rare_collections() -> Iterator[None]:
    """Collect cycles rarely while the block runs, as often as before afterwards; where it was off it stays so."""
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(*(max(each) for each in zip(before, THRESHOLDS, strict=True)))
    try:
        yield
    finally:
        gc.set_threshold(*before)
