"""The data set that needs no download: rooms drawn and ray-cast on first use, then kept in a cache folder.

Every image has a random generator of its own, seeded by (seed, split, number), so that a larger split begins
with the images of a smaller one and no two splits share any. Targets are exact.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np
from filelock import FileLock

from spaces.common.home import expand_home
from spaces.errors import DataError
from spaces.fields import Fields
from trainers.data.dataset import DataSet
from trainers.data.formats import archive
from trainers.data.rooms.drawing import draw_scenes
from trainers.data.rooms.raycast import CLASSES
from trainers.data.specs.selection import check_names, select_tasks
from trainers.data.splits.arrays import FEWEST_TO_TRAIN, SPLITS, Arrays, check_split, decode_arrays, list_wanted
from trainers.tasks import Task
from trainers.tasks.autoencoder import Autoencoder
from trainers.tasks.depth import Depth
from trainers.tasks.edges import Edges
from trainers.tasks.normals import Normals
from trainers.tasks.saliency import Saliency
from trainers.tasks.segmentation import Segmentation

VERSION = 1
"""Raised whenever the same fields give other arrays, so that no cache is read that another version wrote."""

TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        Segmentation("segmentation", classes=CLASSES),
        Depth("depth"),
        Normals("normals"),
        Edges("edges"),
        Autoencoder("autoencoder"),
        *(Saliency(name, judged_by="max_iou") for name in CLASSES),
    )
}
PARTS = {name: ("segmentation", number) for number, name in enumerate(CLASSES)}
"""Arrays that are not kept but made of others: one that says where, for each class."""
USUAL = ("segmentation", "depth", "normals")


@dataclass(frozen=True)
class Scenes(DataSet):
    """Procedural rooms with boxes, spheres and cylinders: segmentation, depth, normals, edges, a binary task a class.

    Args:
        images: how many to train on, at least 2.
        val_images: how many to validate on.
        test_images: how many to test on.
        image_size: height and width, in pixels.
        seed: of the rooms.
        tasks: names of the tasks to train; None for segmentation, depth and normals.
        cache: folder for what was drawn, made when it is missing.

    Raises:
        ConfigError: a value that is not allowed.
    """

    images: int = 512
    val_images: int = 128
    test_images: int = 256
    image_size: int = 64
    seed: int = 0
    tasks: tuple[str, ...] | None = None
    cache: str = "runs/cache"
    # Absolute, since workers may run in another folder than the one that relative paths start from.
    _folder: Path = field(init=False, default=Path(), repr=False)

    group: ClassVar[str] = "data"
    name: ClassVar[str] = "scenes"
    available: ClassVar[Mapping[str, Task]] = TASKS

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.integer("images", low=FEWEST_TO_TRAIN)
        for name in ("val_images", "test_images"):
            fields.integer(name, low=1)
        fields.integer("image_size", low=16, high=1024)
        fields.integer("seed", low=0)
        fields.text("cache")
        check_names(fields, self.tasks)
        fields.done()
        if self.tasks is not None:
            object.__setattr__(self, "tasks", tuple(self.tasks))
        object.__setattr__(self, "_folder", expand_home(self.cache, "data.cache").absolute())

    @property
    def selected(self) -> tuple[Task, ...]:
        """The tasks that train, in the order named."""
        return select_tasks(TASKS, USUAL if self.tasks is None else self.tasks)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the images, in pixels."""
        return self.image_size, self.image_size

    @cached_property
    def fingerprint(self) -> str:
        """Names the data: whatever decides the arrays, and nothing else."""
        named = [VERSION, self.image_size, self.seed, *self._counts.values()]
        return hashlib.sha256(json.dumps(named).encode()).hexdigest()[:16]

    @property
    def _counts(self) -> dict[str, int]:
        return dict(zip(SPLITS, (self.images, self.val_images, self.test_images), strict=True))

    def check(self) -> None:
        """See that the tasks are there and the cache can be written; nothing is drawn yet.

        Raises:
            DataError: tasks that there are not, fewer than two, or a folder that cannot be made or written to.
        """
        select_tasks(TASKS, USUAL if self.tasks is None else self.tasks)
        existing = next(folder for folder in (self._folder, *self._folder.parents) if folder.exists())
        if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
            raise DataError(self._unwritable(f"{existing} is no folder that can be written to"))

    def load(self, split: str, only: Sequence[str] | None = None) -> Arrays:
        """Images and canonical targets of a split; all splits are drawn on first use.

        Args:
            split: "train", "val" or "test".
            only: names of the tasks whose targets are wanted; None for all that train.

        Raises:
            DataError: the cache cannot be written.
        """
        check_split(split)
        tasks = list_wanted(self.selected, only)
        kept = [PARTS.get(task.name, (task.name, 0))[0] for task in tasks]
        raw = self._raw(split, list(dict.fromkeys(["images", *kept])))
        for name in {task.name for task in tasks} & set(PARTS):
            whole, number = PARTS[name]
            raw[name] = (raw[whole] == number).astype(np.uint8)
        images = raw["images"]
        targets = {t.name: decode_arrays(t, raw[t.name], images, f"scenes: {t.name} of {split}") for t in tasks}
        return Arrays(images, targets)

    def _raw(self, split: str, names: Sequence[str]) -> dict[str, np.ndarray]:
        """Arrays of a split from the cache, which is filled if it is empty or damaged."""
        path = self._folder / f"scenes-{self.fingerprint}.npz"
        members = [f"{split}.{name}" for name in names]
        try:
            found = archive.read_arrays(path, members)
        except DataError:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                # Of two processes that find nothing, one draws and the other waits for it.
                with FileLock(path.with_suffix(".lock")):
                    found = self._filled(path, members)
            except OSError as error:
                raise DataError(self._unwritable(str(error))) from error
        return {name: found[member] for name, member in zip(names, members, strict=True)}

    def _filled(self, path: Path, members: Sequence[str]) -> dict[str, np.ndarray]:
        try:
            return archive.read_arrays(path, members)  # another process was faster
        except DataError:
            everything = draw_scenes(self._counts, self.image_size, self.seed)
            archive.write_arrays(path, everything)
            return {member: everything[member] for member in members}

    def _unwritable(self, reason: str) -> str:
        return f"data.cache={self.cache}: {reason}; give data.cache=DIR, a folder that can be written to"
