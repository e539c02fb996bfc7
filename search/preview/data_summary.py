"""What is in a split of a data set, in numbers: some of its samples, the extent of each target, how much is invalid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trainers.data.dataset import DataSet, Sampled
from trainers.data.splits.arrays import Arrays
from trainers.data.splits.fingerprint import spread
from trainers.tasks import Task

MOST = 32
"""Samples of a split that are looked at, evenly spread: reading 3 x 32 of 480x640 pixels takes seconds."""


@dataclass(frozen=True, eq=False)
class Seen:
    """Samples of one split.

    Args:
        split: its name.
        count: how many it has.
        arrays: those looked at.
    """

    split: str
    count: int
    arrays: Arrays


@dataclass(frozen=True)
class Extent:
    """One target in the samples looked at.

    Args:
        shape: of a sample's.
        low: smallest valid value; NaN if there is none.
        high: largest valid value.
        values: how many different ones, of whole numbers; else 0.
        invalid: share of its values.
    """

    shape: tuple[int, ...]
    low: float
    high: float
    values: int
    invalid: float


def summarise_split(data: DataSet, split: str, most: int = MOST) -> Seen:
    """Some samples of a split, or all if it has no more.

    Raises:
        DataError: a file is not right.
    """
    if not isinstance(data, Sampled):
        arrays = data.load(split)
        rows = spread(len(arrays), most)
        targets = {name: target[rows] for name, target in arrays.targets.items()}
        return Seen(split, len(arrays), Arrays(arrays.images[rows], targets))
    samples = data.samples(split)
    read = [samples.read(index) for index in spread(len(samples), most)]
    targets = {name: np.stack([sample.targets[name] for sample in read]) for name in read[0].targets}
    return Seen(split, len(samples), Arrays(np.stack([sample.image for sample in read]), targets))


def measure_extent(task: Task, target: np.ndarray) -> Extent:
    """Measure canonical targets, samples first."""
    bad = task.find_invalid(target)
    if bad.shape != target.shape:  # one a pixel, of several values
        bad = np.broadcast_to(bad.reshape(len(bad), *[1] * (target.ndim - bad.ndim), *bad.shape[1:]), target.shape)
    if target.dtype.kind == "f":  # of several values a pixel some may be missing
        bad = bad | np.isnan(target)
    valid = target[~bad]
    low, high = (float(valid.min()), float(valid.max())) if valid.size else (float("nan"), float("nan"))
    values = len(np.unique(valid)) if target.dtype.kind in "iu" else 0
    return Extent(target.shape[1:], low, high, values, float(bad.mean()))


def tabulate_tasks(tasks: Sequence[Task], seen: Sequence[Seen]) -> list[tuple[str, ...]]:
    """Rows of texts, the header first: task, kind, split, shape, values, share of invalid pixels."""
    rows: list[tuple[str, ...]] = [("task", "kind", "split", "shape", "values", "invalid")]
    for task in tasks:
        if task.target_from_image:
            rows.append((task.name, task.kind, "all", "the image", "", ""))
            continue
        for each in seen:
            found = measure_extent(task, each.arrays.targets[task.name])
            kinds = f" ({found.values} different)" if found.values else ""
            shape = "x".join(map(str, found.shape)) or "one"
            values = f"{found.low:.4g} .. {found.high:.4g}{kinds}"
            rows.append((task.name, task.kind, each.split, shape, values, f"{100 * found.invalid:.1f} %"))
    return rows
