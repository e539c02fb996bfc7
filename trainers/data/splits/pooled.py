"""A data set whose training and validation splits are put together, or divided anew; its test split stays as it is.

For trainings that nothing is chosen by: networks are confirmed on as many images as there are, or on other divisions of
them, so that the division counts among what is drawn (Bouthillier et al. 2021, "Accounting for variance in machine
learning benchmarks").
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from trainers.data.dataset import DataSet, Sampled, SampledDataSet
from trainers.data.loading import Loading
from trainers.data.splits.arrays import Arrays
from trainers.data.splits.samples import Sample, Samples
from trainers.tasks.task import Task


@dataclass(frozen=True)
class Pooled(DataSet):
    """Training and validation images of another set, pooled.

    Args:
        data: whose they are.
        draw: seed of a division anew, into as many of each as before; None to train on all. Validation images are then
            those of before, which are trained on.
    """

    data: DataSet
    draw: int | None = None

    @property
    def name(self) -> str:
        """That of the set itself."""
        return self.data.name

    @property
    def selected(self) -> tuple[Task, ...]:
        """The tasks that train, in order."""
        return self.data.selected

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the images, in pixels."""
        return self.data.size

    @property
    def fingerprint(self) -> str:
        """Names the content and its division."""
        named = ["train and validation", self.data.fingerprint, self.draw]
        return hashlib.sha256(json.dumps(named).encode()).hexdigest()[:16]

    def check(self) -> None:
        """As the set itself."""
        self.data.check()

    def load(self, split: str, only: Sequence[str] | None = None) -> Arrays:
        """Images and canonical targets of a split; arguments and errors are those of `DataSet.load`."""
        if not _changes(split, self.draw):
            return self.data.load(split, only)
        parts = [self.data.load(part, only) for part in ("train", "val")]
        rows = _choose_rows(split, self.draw, [len(part) for part in parts])
        targets = {name: np.concatenate([part.targets[name] for part in parts])[rows] for name in parts[0].targets}
        return Arrays(np.concatenate([part.images for part in parts])[rows], targets)


@dataclass(frozen=True)
class PooledSamples(Pooled):
    """The same of a set whose samples can be read one by one."""

    @property
    def loading(self) -> Loading:
        """That of the set itself, without a folder that keeps what was decoded: there would be one a division."""
        return replace(self._sampled.loading, cache=None)

    def samples(self, split: str, only: Sequence[str] | None = None) -> Samples:
        """A split whose samples are read one by one; arguments and errors are those of `Sampled.samples`."""
        if not _changes(split, self.draw):
            return self._sampled.samples(split, only)
        parts = tuple(self._sampled.samples(part, only) for part in ("train", "val"))
        return _Rows(parts, tuple(_choose_rows(split, self.draw, [len(part) for part in parts]).tolist()))

    @property
    def _sampled(self) -> SampledDataSet:
        assert isinstance(self.data, Sampled)
        return self.data


@dataclass(frozen=True)
class _Rows:
    """Some samples of two splits in a row."""

    parts: tuple[Samples, ...]
    rows: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def read(self, index: int) -> Sample:
        """See `Samples.read`."""
        row, first = self.rows[index], len(self.parts[0])
        return self.parts[0].read(row) if row < first else self.parts[1].read(row - first)


def pool(data: DataSet, draw: int | None = None) -> Pooled:
    """A set with its training and validation images pooled; see `Pooled`."""
    return PooledSamples(data, draw) if isinstance(data, Sampled) else Pooled(data, draw)


def _changes(split: str, draw: int | None) -> bool:
    """Whether the split differs from the set's own."""
    return split == "train" or (split == "val" and draw is not None)


def _choose_rows(split: str, draw: int | None, lengths: Sequence[int]) -> np.ndarray:
    """Positions in the pool of training and validation images that a split has."""
    if draw is None:
        return np.arange(sum(lengths))
    order = np.random.default_rng(draw).permutation(sum(lengths))
    return order[: lengths[0]] if split == "train" else order[lengths[0] :]
