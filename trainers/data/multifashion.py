"""Multi-Fashion: two overlapping pieces of clothing an image, composed on the fly from Fashion-MNIST.

Lin et al. 2019, "Pareto multi-task learning": pictures of 28x28 pixels on a canvas of 36x36, the second one 8 pixels
lower and further right, 120000 pairs to train on and 20000 to test on. They validate on none; here a sixth of the
training pictures is set aside for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from spaces.common.home import expand_home
from spaces.errors import DataError
from spaces.fields import Fields
from trainers.data import overlapping_pairs as overlap
from trainers.data.dataset import DataSet
from trainers.data.fashion_files import CLASSES, OFFICIAL, SIDE, list_files, read_pictures
from trainers.data.overlapping_pairs import Pictures
from trainers.data.specs.selection import check_names, select_tasks
from trainers.data.splits.arrays import FEWEST_TO_TRAIN, SPLITS, Arrays, check_split, list_wanted
from trainers.tasks import Task
from trainers.tasks.classification import Classification

VERSION = 1
"""Raised whenever the same files and fields give other arrays."""
SHIFT = 8  # of the second picture, in pixels
SHARES = {"train": 5 / 6, "val": 1 / 6}
"""Of the training pictures."""
TASKS: dict[str, Task] = {name: Classification(name, CLASSES) for name in overlap.TASKS}


@dataclass(frozen=True)
class MultiFashion(DataSet):
    """What is at the top left, what at the bottom right; no picture in two splits.

    Args:
        root: folder with fashion_mnist.npz (x_train, y_train, x_test, y_test) or the four official IDX files.
        images: how many to train on, at least 2.
        val_images: how many to validate on.
        test_images: how many to test on.
        image_size: height and width, at least 36 pixels; a black margin makes up what is more.
        seed: of the splits and the pairs.
        tasks: names of the tasks to train; None for both.

    Raises:
        ConfigError: a value that is not allowed. What is in files is looked at by ``check``.
    """

    root: str | None = None
    images: int = 8192
    val_images: int = 1024
    test_images: int = 2048
    image_size: int = 48
    seed: int = 0
    tasks: tuple[str, ...] | None = None
    # Absolute, since workers may run in another folder than the one that relative paths start from.
    _folder: Path | None = field(init=False, default=None, repr=False)

    group: ClassVar[str] = "data"
    name: ClassVar[str] = "multifashion"
    available: ClassVar[Mapping[str, Task]] = TASKS

    def __post_init__(self) -> None:
        fields = Fields(self)
        if self.root is not None:
            fields.text("root")
        fields.integer("images", low=FEWEST_TO_TRAIN)
        for name in ("val_images", "test_images"):
            fields.integer(name, low=1)
        fields.integer("image_size", low=SIDE + SHIFT, high=1024)
        fields.integer("seed", low=0)
        check_names(fields, self.tasks)
        fields.done()
        if self.tasks is not None:
            object.__setattr__(self, "tasks", tuple(self.tasks))
        if self.root is not None:
            object.__setattr__(self, "_folder", expand_home(self.root, "data.root").absolute())

    @property
    def selected(self) -> tuple[Task, ...]:
        """The tasks that train, in the order named."""
        return select_tasks(TASKS, overlap.TASKS if self.tasks is None else self.tasks)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the images, in pixels."""
        return self.image_size, self.image_size

    @cached_property
    def fingerprint(self) -> str:
        """Names the data: the pictures and how they are put together, wherever they lie."""
        named = [VERSION, self.image_size, self.seed, self.images, self.val_images, self.test_images]
        pictures = [self._pictures(part).digest for part in OFFICIAL]
        return hashlib.sha256(json.dumps([named, pictures]).encode()).hexdigest()[:16]

    def check(self) -> None:
        """Look at all pictures and labels.

        Raises:
            DataError: with everything wrong with the tasks or the files.
        """
        select_tasks(TASKS, overlap.TASKS if self.tasks is None else self.tasks)
        problems: list[str] = []
        for part in OFFICIAL:
            try:
                self._pictures(part)
            except DataError as error:
                problems += [problem for problem in error.problems if problem not in problems]
        if problems:
            raise DataError(problems)

    def load(self, split: str, only: Sequence[str] | None = None) -> Arrays:
        """Images and canonical targets of a split.

        Args:
            split: "train", "val" or "test".
            only: names of the tasks whose targets are wanted; None for all that train.

        Raises:
            DataError: the files are missing, damaged or of another form.
        """
        check_split(split)
        tasks = list_wanted(self.selected, only)
        count = dict(zip(SPLITS, (self.images, self.val_images, self.test_images), strict=True))[split]
        pictures = self._pictures("test" if split == "test" else "train")
        if split != "test":
            pictures = pictures[overlap.divide_pictures(len(pictures), SHARES, self.seed)[split]]
        return overlap.draw_pairs(pictures, tasks, count, SHIFT, self.image_size, (self.seed, SPLITS.index(split)))

    def _pictures(self, part: str) -> Pictures:
        """Pictures of the files' "train" or "test" part."""
        if self._folder is None or not self._folder.is_dir():
            given = " is not given" if self._folder is None else f"={self.root}: no folder {self._folder}"
            raise DataError(f"data.root{given}; want a folder with {list_files()}")
        return read_pictures(self._folder, part)
