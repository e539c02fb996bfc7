"""How far a training is: left beside its job by the worker, read by whoever shows it.

The file is there while the training runs and is of no use after it. That it cannot be written or read is no matter.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from search.jobs.job import Job

SELDOM = 1.0  # seconds between two writings, so that short epochs cost nothing: our choice


@dataclass(frozen=True)
class Beat:
    """Where a training stands.

    Args:
        label: of the job, for people.
        epochs: of the training, or until it pauses.
        epoch: that has ended last; 0 before the first one has.
        seconds: that this epoch took; 0 while none has ended.
        values: loss and metrics of this epoch by name.
        begun: Unix time in seconds when the worker began it; 0 if not known.
        estimated: answers of a trained supernet that are there, of all that estimates of its patterns are made of.
        estimates: all of them; 0 before that begins, and where nothing is estimated.
        estimating: seconds that this has taken.
        seed: of the job; None if not known.
    """

    label: str = ""
    epochs: int = 0
    epoch: int = 0
    seconds: float = 0.0
    values: Mapping[str, float] = field(default_factory=dict)
    begun: float = 0.0
    estimated: int = 0
    estimates: int = 0
    estimating: float = 0.0
    seed: int | None = None

    def describe(self) -> str:
        """In words, such as "depth, seed 1: epoch 3 of 8"."""
        if self.estimates:
            return f"{self.label}: estimating all patterns, {self.estimated} of {self.estimates} answers"
        return f"{self.label}: epoch {self.epoch} of {self.epochs}" if self.epoch else f"{self.label}: starts"


class Heartbeat:
    """Leaves beats of one job; made when its training begins.

    Args:
        job: that runs.
    """

    def __init__(self, job: Job) -> None:
        self._path, self._epochs = job.begun, job.until or job.recipe.epochs
        self._ended = self._left = time.monotonic()
        self._beat = Beat(job.label, self._epochs, begun=time.time(), seed=job.seed)
        self._estimating = 0.0  # since when

    def beat(self, epoch: int, values: Mapping[str, float]) -> None:
        """An epoch has ended, with loss and metrics by name."""
        now = time.monotonic()
        seconds, self._ended = now - self._ended, now
        self._beat = replace(self._beat, epoch=epoch, seconds=seconds, values=dict(values))
        self._leave(now, at_once=epoch == self._epochs)

    def estimate(self, done: int, of: int) -> None:
        """So many answers of the trained supernet are there."""
        now = time.monotonic()
        self._estimating = self._estimating or now
        first = not self._beat.estimates
        self._beat = replace(self._beat, estimated=done, estimates=of, estimating=now - self._estimating)
        self._leave(now, at_once=first)

    def _leave(self, now: float, *, at_once: bool) -> None:
        if now - self._left >= SELDOM or at_once:
            self._left = now
            with suppress(OSError):  # whatever keeps it from being written, the training goes on
                self._path.write_text(json.dumps(asdict(self._beat)))


def forget_beat(job: Job) -> None:
    """Drop what a worker has left that was killed, lest it be read as that of the next one."""
    with suppress(OSError):  # it is another one's, or its folder is gone
        job.begun.unlink(missing_ok=True)


def begin(job: Job) -> None:
    """Say that a worker has begun the job.

    Raises:
        OSError: the file cannot be written, and so neither can the outcome.
    """
    beat = Beat(job.label, job.until or job.recipe.epochs, begun=time.time(), seed=job.seed)
    job.begun.write_text(json.dumps(asdict(beat)))


def read_beat(path: Path) -> Beat | None:
    """What lies in a file of a job that runs; None where the file is gone, is just written, or says nothing yet."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Beat(
            label=str(told["label"]),
            epochs=int(told["epochs"]),
            epoch=int(told["epoch"]),
            seconds=float(told["seconds"]),
            values={str(name): float(value) for name, value in told.get("values", {}).items()},
            begun=float(told.get("begun", 0.0)),
            estimated=int(told.get("estimated", 0)),
            estimates=int(told.get("estimates", 0)),
            estimating=float(told.get("estimating", 0.0)),
            seed=None if told.get("seed") is None else int(told["seed"]),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None
