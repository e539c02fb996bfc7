"""The embedded data set of whole images: two overlapping handwritten digits, from those that scikit-learn brings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import ClassVar

import numpy as np

from spaces.fields import Fields
from trainers.data import overlapping_pairs as overlap
from trainers.data.dataset import DataSet
from trainers.data.overlapping_pairs import Pictures
from trainers.data.specs.selection import check_names, select_tasks
from trainers.data.splits.arrays import FEWEST_TO_TRAIN, SPLITS, Arrays, check_split, list_wanted
from trainers.tasks import Task
from trainers.tasks.classification import Classification

VERSION = 1
"""Raised whenever the same fields give other arrays."""
CLASSES = 10
ENLARGED = 3  # the digits have 8x8 pixels
SHIFT = 8  # of the second digit, in pixels: two thirds of each side overlap, about as in MultiMNIST
SIZE = 8 * ENLARGED + SHIFT  # of the images: 32, which network=small halves four times
BRIGHTEST = 16  # value of ink in the digits
SHARES = dict(zip(SPLITS, (0.6, 0.15, 0.25), strict=True))
"""Of the 1797 digits in each split."""
TASKS: dict[str, Task] = {name: Classification(name, CLASSES) for name in overlap.TASKS}


@dataclass(frozen=True)
class MultiDigits(DataSet):
    """Which digit is at the top left, which at the bottom right: 32x32 pixels, no digit in two splits.

    Args:
        images: how many to train on, at least 2.
        val_images: how many to validate on.
        test_images: how many to test on.
        seed: of the splits and the pairs.
        tasks: names of the tasks to train; None for both.

    Raises:
        ConfigError: a value that is not allowed.
    """

    images: int = 1024
    val_images: int = 512
    test_images: int = 1024
    seed: int = 0
    tasks: tuple[str, ...] | None = None

    group: ClassVar[str] = "data"
    name: ClassVar[str] = "multidigits"
    available: ClassVar[Mapping[str, Task]] = TASKS
    size: ClassVar[tuple[int, int]] = (SIZE, SIZE)

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.integer("images", low=FEWEST_TO_TRAIN)
        for name in ("val_images", "test_images"):
            fields.integer(name, low=1)
        fields.integer("seed", low=0)
        check_names(fields, self.tasks)
        fields.done()
        if self.tasks is not None:
            object.__setattr__(self, "tasks", tuple(self.tasks))

    @property
    def selected(self) -> tuple[Task, ...]:
        """The tasks that train, in the order named."""
        return select_tasks(TASKS, overlap.TASKS if self.tasks is None else self.tasks)

    @cached_property
    def fingerprint(self) -> str:
        """Names the data: whatever decides the arrays, and nothing else."""
        named = [VERSION, self.seed, self.images, self.val_images, self.test_images]
        return hashlib.sha256(json.dumps(named).encode()).hexdigest()[:16]

    def check(self) -> None:
        """See that the tasks are there.

        Raises:
            DataError: tasks that there are not, or fewer than two.
        """
        select_tasks(TASKS, overlap.TASKS if self.tasks is None else self.tasks)

    def load(self, split: str, only: Sequence[str] | None = None) -> Arrays:
        """Images and canonical targets of a split.

        Args:
            split: "train", "val" or "test".
            only: names of the tasks whose targets are wanted; None for all that train.

        Raises:
            DataError: a split or task that there is not.
        """
        check_split(split)
        tasks = list_wanted(self.selected, only)
        count = dict(zip(SPLITS, (self.images, self.val_images, self.test_images), strict=True))[split]
        digits = _digits()
        rows = overlap.divide_pictures(len(digits), SHARES, self.seed)[split]
        return overlap.draw_pairs(digits[rows], tasks, count, SHIFT, SIZE, (self.seed, SPLITS.index(split)))


@lru_cache(maxsize=1)
def _digits() -> Pictures:
    """All digits, enlarged and in 0..255."""
    from sklearn.datasets import load_digits  # scikit-learn: 1 s, other data sets do without

    found = load_digits()
    grey = np.rint(found.images * (255 / BRIGHTEST)).astype(np.uint8)
    return Pictures(grey.repeat(ENLARGED, axis=1).repeat(ENLARGED, axis=2), found.target.astype(np.int16))
