"""CelebA: faces with forty attributes, grouped into tasks.

Liu et al. 2015, "Deep learning face attributes in the wild", in its official files: Img/img_align_celeba/*.jpg (178x218
pixels), Anno/list_attr_celeba.txt and Eval/list_eval_partition.txt; 162770, 19867 and 19962 images.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from spaces.common.home import expand_home
from spaces.errors import DataError
from spaces.fields import Fields
from trainers.data.celeba_groups import check_known, locate_groups, read_groups
from trainers.data.celeba_images import Faces, list_image_files
from trainers.data.celeba_lists import Labels, differing, read_labels, read_partition
from trainers.data.dataset import DataSet
from trainers.data.loading import Loading
from trainers.data.specs.selection import check_names, select_tasks
from trainers.data.splits.arrays import FEWEST_TO_TRAIN, SPLITS, Arrays, check_split, list_wanted
from trainers.data.splits.samples import gather_samples
from trainers.tasks import Task
from trainers.tasks.attributes import Attributes

VERSION = 1
"""Raised whenever the same files and fields give other arrays."""
IMAGES = Path("Img", "img_align_celeba")
LOADING = Loading()


@dataclass(frozen=True)
class CelebA(DataSet):
    """A task a group of attributes; images resized to a square.

    Args:
        root: folder with Img, Anno and Eval.
        groups: YAML file of groups, ``name: [attribute, ...]``, or the name of a shipped one; None for the eight of
            ``specs/celeba/maximum_roaming.yaml``.
        image_size: height and width, in pixels.
        images: at most so many images to train on, the first ones; None for all.
        val_images: as ``images``, to validate on.
        test_images: as ``images``, to test on.
        tasks: names of the groups to train; None for all.
        loading: kept in memory, or streamed.

    Raises:
        ConfigError: a value that is not allowed. What is in files is looked at by ``check``.
    """

    root: str | None = None
    groups: str | None = None
    image_size: int = 64
    images: int | None = None
    val_images: int | None = None
    test_images: int | None = None
    tasks: tuple[str, ...] | None = None
    loading: Loading = LOADING
    # Absolute, since workers may run in another folder than the one that relative paths start from.
    _folder: Path | None = field(init=False, default=None, repr=False)
    _grouping: Path = field(init=False, default_factory=lambda: locate_groups(None), repr=False)

    group: ClassVar[str] = "data"
    name: ClassVar[str] = "celeba"

    def __post_init__(self) -> None:
        fields = Fields(self)
        for name in ("root", "groups"):
            if getattr(self, name) is not None:
                fields.text(name)
        fields.integer("image_size", low=8, high=1024)
        fields.integer("images", low=FEWEST_TO_TRAIN, optional=True)
        for name in ("val_images", "test_images"):
            fields.integer(name, low=1, optional=True)
        check_names(fields, self.tasks)
        loads = isinstance(self.loading, Loading)
        fields.require(loads, f"data.loading={self.loading}: want a component like {LOADING}")
        fields.done()
        if self.tasks is not None:
            object.__setattr__(self, "tasks", tuple(self.tasks))
        if self.root is not None:
            object.__setattr__(self, "_folder", expand_home(self.root, "data.root").absolute())
        if self.groups is not None:
            object.__setattr__(self, "_grouping", locate_groups(self.groups))

    def __getstate__(self) -> dict[str, Any]:
        """Travel to workers without what was read; each reads its own."""
        return {name: value for name, value in self.__dict__.items() if name not in ("_labels", "_splits")}

    @cached_property
    def available(self) -> Mapping[str, Attributes]:
        """A task a group.

        Raises:
            DataError: the file of groups is missing or not right.
        """
        return read_groups(self._grouping)

    @property
    def selected(self) -> tuple[Task, ...]:
        """The tasks that train, in the order named."""
        return select_tasks(self.available, tuple(self.available) if self.tasks is None else self.tasks)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the images, in pixels."""
        return self.image_size, self.image_size

    @cached_property
    def fingerprint(self) -> str:
        """Names the data: labels, splits, groups and how images are read; of images, their names and sizes in bytes.

        Hashing all bytes of the images would take a minute.
        """
        groups = {name: task.attributes for name, task in self.available.items()}
        named = [VERSION, self.image_size, groups, {split: self._names(split) for split in SPLITS}]
        digest = hashlib.sha256(json.dumps(named, sort_keys=True).encode())
        digest.update(json.dumps([self._labels.names, sorted(self._labels.rows.items())]).encode())
        digest.update(np.packbits(self._labels.present).tobytes())
        digest.update(json.dumps(sorted(list_image_files(self._root / IMAGES).items())).encode())
        return digest.hexdigest()[:16]

    def check(self) -> None:
        """Look at the groups, the lists and which images there are, and read the first image of every split.

        Raises:
            DataError: with every problem of the first stage that has any.
        """
        tasks = self.selected
        labels, splits = self._labels, self._splits
        problems = check_known(self._grouping, self.available, labels.names)
        problems += differing(self._root, labels, splits, set(list_image_files(self._root / IMAGES)), str(IMAGES))
        if len(splits["train"]) < FEWEST_TO_TRAIN:
            problems.append(
                f"{self._root}: {len(splits['train'])} image to train on; want at least {FEWEST_TO_TRAIN}, for batch "
                "normalisation compares the images of a batch"
            )
        for split in () if problems else SPLITS:
            try:
                self.samples(split, [task.name for task in tasks]).read(0)
            except DataError as error:
                problems += error.problems
        if problems:
            raise DataError(problems)

    def samples(self, split: str, only: Sequence[str] | None = None) -> Faces:
        """A split, read image by image.

        Args:
            split: "train", "val" or "test".
            only: names of the tasks whose targets are wanted; None for all that train.

        Raises:
            DataError: the lists are missing or not right.
        """
        check_split(split)
        tasks = list_wanted(self.selected, only)
        problems = check_known(self._grouping, self.available, self._labels.names)
        names = self._names(split)
        unlabelled = [name for name in names if name not in self._labels.rows]
        problems += [f"{self._root}: no attributes of image {name}, which is in {split}" for name in unlabelled[:1]]
        if problems:
            raise DataError(problems)
        present = self._labels.present[np.array([self._labels.rows[name] for name in names])]
        column = {name: index for index, name in enumerate(self._labels.names)}
        targets = {}
        for task in tasks:
            members = self.available[task.name].attributes
            assert not isinstance(members, int)
            targets[task.name] = present[:, np.array([column[each] for each in members])].astype(np.int8)
        return Faces(self._root / IMAGES, names, targets, self.image_size)

    def load(self, split: str, only: Sequence[str] | None = None) -> Arrays:
        """Images and canonical targets of a split, all in memory.

        Args:
            split: "train", "val" or "test".
            only: names of the tasks whose targets are wanted; None for all that train.

        Raises:
            DataError: a file is missing, damaged or not as published.
        """
        return gather_samples(self.samples(split, only))

    def _names(self, split: str) -> tuple[str, ...]:
        most = dict(zip(SPLITS, (self.images, self.val_images, self.test_images), strict=True))[split]
        return self._splits[split][:most]

    @cached_property
    def _labels(self) -> Labels:
        return read_labels(self._root)

    @cached_property
    def _splits(self) -> dict[str, tuple[str, ...]]:
        return read_partition(self._root)

    @property
    def _root(self) -> Path:
        """The folder.

        Raises:
            DataError: there is none.
        """
        if self._folder is not None and self._folder.is_dir():
            return self._folder
        given = " is not given" if self._folder is None else f"={self.root}: no folder {self._folder}"
        raise DataError(
            f"data.root{given}; want a folder with Img/img_align_celeba, Anno/list_attr_celeba.txt and "
            "Eval/list_eval_partition.txt, the official files of CelebA"
        )
