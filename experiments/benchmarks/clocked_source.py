"""A clocked source of batches: how long a training works on it, and how long it waits for it, on a CPU or a GPU."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from trainers.batches.source import Batch, Source
from trainers.batches.wrapped_source import WrappedSource
from trainers.tasks.task import Task

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
Moment = float | torch.cuda.Event


@dataclass
class Clocked(WrappedSource):
    """A source that notes how long a pass over it takes, what is done with the batches included, and the waiting."""

    source: Source
    whole: float = 0.0
    waited: float = 0.0
    worked: float = 0.0

    def first(self, images: int) -> Source:
        """Not clocked."""
        return self.source.first(images)

    def batches(self, size: int, tasks: Sequence[Task], order: Tensor | None = None) -> Iterator[Batch]:
        """The first batch is not waiting but beginning: processes start, and nothing could be ready."""
        batches = self.source.batches(size, tasks, order)
        marks = []
        for batch in batches:
            marks.append(mark_moment())
            if len(marks) == 1:
                worked = time.process_time()
            yield batch
            marks.append(mark_moment())
        self.worked = time.process_time() - worked
        if DEVICE.type == "cuda":
            torch.cuda.synchronize()
        self.whole = measure_between(marks[0], marks[-1])
        self.waited = sum(measure_between(*pair) for pair in zip(marks[1:-1:2], marks[2::2], strict=True))


def mark_moment() -> Moment:
    """On a GPU the moment at which it has come here, which the program may be ahead of."""
    if DEVICE.type == "cpu":
        return time.perf_counter()
    event = torch.cuda.Event(enable_timing=True)
    event.record()
    return event


def measure_between(start: Moment, end: Moment) -> float:
    """Seconds from one moment to another."""
    if isinstance(start, torch.cuda.Event) and isinstance(end, torch.cuda.Event):
        return start.elapsed_time(end) / 1000
    assert isinstance(start, float) and isinstance(end, float)
    return end - start
