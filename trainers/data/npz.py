"""Arrays of one's own: a folder with train.npz, val.npz and test.npz, and a specification of what is in them.

``check`` runs before any search and keeps what it decoded, so that ``load`` in the same process reads nothing
again.
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

from spaces.errors import DataError
from trainers.data.folders.id_advice import list_values, mend_one_class
from trainers.data.folders.unseen_classes import tell_unseen
from trainers.data.formats import archive
from trainers.data.npz_inspection import explain_ids, find_equal, find_repeated, inspect_headers, name_array
from trainers.data.specs.mapping import read_stored
from trainers.data.specs.parsing import Format
from trainers.data.specs.spec import ARRAYS, Spec, read_spec
from trainers.data.specs.specified import Specified
from trainers.data.splits.arrays import (
    SPLITS,
    Arrays,
    check_split,
    decode_arrays,
    list_wanted,
)
from trainers.tasks import Task
from trainers.tasks.class_ids import Classed, find_only


@dataclass(frozen=True)
class Npz(Specified):
    """A folder of three archives, read as a specification says.

    Args:
        root: the folder.
        spec: path of the specification, or the name of a shipped one; its format: ``trainers.data.specs.spec``.
        tasks: names of the tasks to train; None for the specification's default.

    Raises:
        ConfigError: a value of the wrong type. What is in files is looked at by ``check``.
    """

    # Canonical arrays by (split, task), and images by (split, None).
    _decoded: dict[tuple[str, str | None], np.ndarray] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )

    form: ClassVar[Format] = ARRAYS

    def __getstate__(self) -> dict[str, Any]:
        """Travel to workers without the decoded arrays; each reads its own."""
        return {**self.__dict__, "_decoded": {}}

    @cached_property
    def size(self) -> tuple[int, int]:
        """Height and width of the images, in pixels.

        Raises:
            DataError: train.npz holds no usable images.
        """
        problems = self._problems("train", ())
        if problems:
            raise DataError(problems)
        return self._size("train")

    @cached_property
    def fingerprint(self) -> str:
        """Names the data: what the files hold and how they are read, wherever they lie."""
        reading: dict[str, list[Any]] = {}
        for name, task in self.available.items():
            told = self._spec.reading(name)
            # A map could not be said once, and is no part of what was named before.
            reading[name] = [self._spec.arrays.get(name), repr(task), *(told.valid or ()), *map(list, told.map)]
        digest = hashlib.sha256(json.dumps([self._spec.image, reading], sort_keys=True).encode())
        for split in SPLITS:
            digest.update(archive.digest_archive(self._path(split)))
        return digest.hexdigest()[:16]

    def check(self) -> None:
        """Look at everything that training will use.

        Raises:
            DataError: with every problem of the first stage that has any: folder and specification; what can
                be told without reading an array; the values.
        """
        stored = list_wanted(self.selected, None)
        problems = [problem for split in SPLITS for problem in self._problems(split, stored)]
        if not problems:
            sizes = {split: self._size(split) for split in SPLITS}
            problems = [
                f"{self._path(split)}: images of {size[0]}x{size[1]} pixels, those of train.npz have "
                f"{self.size[0]}x{self.size[1]}; crop or resize them all to one size"
                for split, size in sizes.items()
                if size != self.size
            ]
        for split in () if problems else SPLITS:
            try:
                self._check_classes(split, self.load(split))
            except DataError as error:
                problems.extend(error.problems)
        if not problems:
            images = {split: self.load(split, ()).images for split in SPLITS}
            problems = find_equal(images, {split: self._path(split) for split in SPLITS})
        if problems:
            raise DataError(problems)

    def notes(self) -> list[str]:
        """What to know of arrays that are right.

        Raises:
            DataError: as `load`.
        """
        path, tasks = self._path("train"), list_wanted(self.selected, None)
        raw = archive.read_arrays(path, sorted({self._spec.arrays[task.name] for task in tasks}))
        notes = []
        for task in tasks:
            notes += task.remark([self._stored(raw, task, path)])
        splits = {split: self.load(split) for split in SPLITS}
        for task in tasks:
            if isinstance(task, Classed):
                seen = {int(one) for arrays in splits.values() for one in np.unique(arrays.targets[task.name])}
                notes += tell_unseen(task, set(range(task.channels)) - seen)
        images = {split: arrays.images for split, arrays in splits.items()}
        return [*find_repeated(images, {split: self._path(split) for split in SPLITS}), *notes]

    def load(self, split: str, only: Sequence[str] | None = None) -> Arrays:
        """Images and canonical targets of a split.

        Args:
            split: "train", "val" or "test".
            only: names of the tasks whose targets are wanted; None for all that train.

        Raises:
            DataError: the files do not fit the specification.
        """
        check_split(split)
        tasks = list_wanted(self.selected, only)
        new = [task for task in tasks if (split, task.name) not in self._decoded]
        if new or (split, None) not in self._decoded:
            self._read(split, new)
        targets = {task.name: self._decoded[split, task.name] for task in tasks}
        return Arrays(self._decoded[split, None], targets)

    def _check_classes(self, split: str, arrays: Arrays) -> None:
        """Refuse a task to be trained whose every target is of one class.

        Raises:
            DataError: naming the class.
        """
        for task in list_wanted(self.selected, None) if split == "train" else ():
            if not isinstance(task, Classed):
                continue
            only = find_only(task, arrays.targets[task.name])
            if only is not None:
                array, told = self._spec.arrays[task.name], self._spec.reading(task.name)
                raw = archive.read_arrays(self._path(split), [array])[array]
                mend = mend_one_class(list_values([raw]), task, "array", mapped=bool(told.map))
                raise DataError(
                    f"{name_array(self._path(split), self._spec, task)}: {task.place}s of one class alone, {only}, so "
                    f"that there is nothing to learn; {mend}"
                )

    def _read(self, split: str, tasks: Sequence[Task]) -> None:
        """Decode the images and the given tasks of a split into memory."""
        problems = self._problems(split, tasks)
        if problems:
            raise DataError(problems)
        arrays = {task: self._spec.arrays[task.name] for task in tasks}
        path = self._path(split)
        raw = archive.read_arrays(path, sorted({self._spec.image, *arrays.values()}))
        images = self._decoded.setdefault((split, None), raw[self._spec.image])
        for task, array in arrays.items():
            try:
                stored = self._stored(raw, task, path)
                self._decoded[split, task.name] = decode_arrays(
                    task, stored, images, name_array(path, self._spec, task)
                )
            except DataError as error:
                problems += self._explain(task, path, raw[array]) or error.problems
        if problems:
            raise DataError(problems)

    def _stored(self, raw: Mapping[str, np.ndarray], task: Task, path: Path) -> np.ndarray:
        """What the array of a task holds, mapped and marked as the specification says.

        Raises:
            DataError: an id has no class.
        """
        array = raw[self._spec.arrays[task.name]]
        return read_stored(array, self._spec.reading(task.name), task, name_array(path, self._spec, task))

    def _explain(self, task: Task, path: Path, raw: np.ndarray) -> list[str]:
        """What is wrong with ids beyond the classes, by those of all splits; nothing of other problems."""
        if not isinstance(task, Classed) or self._spec.reading(task.name).map:
            return []
        array, every = self._spec.arrays[task.name], []
        for split in SPLITS:
            try:
                every.append(archive.read_arrays(self._path(split), [array])[array])
            except DataError:  # told when it is read
                continue
        return explain_ids(task, raw, every, name_array(path, self._spec, task))

    def _size(self, split: str) -> tuple[int, int]:
        height, width = archive.read_headers(self._path(split))[self._spec.image].shape[1:3]
        return height, width

    def _problems(self, split: str, tasks: Sequence[Task]) -> list[str]:
        """What is wrong with a split as far as names, shapes and dtypes tell."""
        return inspect_headers(self._path(split), self._spec, tasks, training=split == "train")

    def _path(self, split: str) -> Path:
        """The archive of a split.

        Raises:
            DataError: there is no folder to hold it.
        """
        files = ", ".join(f"{name}.npz" for name in SPLITS)
        return self._placed(f"want a folder with {files} as data.spec={self.spec} describes them") / f"{split}.npz"

    @cached_property
    def _spec(self) -> Spec:
        """The specification, read once.

        Raises:
            DataError: it is not given, or not right.
        """
        return read_spec(self._specification())
