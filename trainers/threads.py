"""Threads that torch computes with in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def threads_of_torch(count: int) -> Iterator[None]:
    """So many in the block, and as many as before after it.

    A process that is left with more than there are cores for has threads that wait for each other, and spin meanwhile.

    Args:
        count: of threads, at least one.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
