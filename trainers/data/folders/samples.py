"""The samples of a split of files: each read, mapped, decoded and resized on its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spaces.errors import DataError
from trainers.data.exports.entries import Remark
from trainers.data.folders.listing import Row, find_existing
from trainers.data.formats.files import make_rgb, read_image
from trainers.data.formats.heads import explain_turn
from trainers.data.formats.opening import keep_stored, turn_upright
from trainers.data.formats.resizing import resized_image, resized_target
from trainers.data.specs.files import Files
from trainers.data.specs.mapping import read_stored
from trainers.data.splits.arrays import decode_arrays
from trainers.data.splits.fingerprint import spread
from trainers.data.splits.samples import Sample
from trainers.tasks import Task
from trainers.tasks.decoding import in_parts


@dataclass(frozen=True, eq=False)
class FolderSamples:
    """A split; reading follows ``trainers.data.splits.samples.Samples``.

    Args:
        root: the folder.
        rows: its samples.
        image: files of the images.
        files: files of each task that has some.
        size: height and width of every sample, in pixels.
        resize: whether images of another size are brought to it, or else refused.
    """

    root: Path
    rows: tuple[Row, ...]
    image: Files
    files: tuple[tuple[Task, Files], ...]
    size: tuple[int, int]
    resize: bool

    def __len__(self) -> int:
        return len(self.rows)

    def read(self, index: int) -> Sample:
        """Read and decode one.

        Raises:
            DataError: with everything wrong in its files, each with its path and the rule.
        """
        image = self.stored_image(index)
        targets: dict[str, np.ndarray] = {}
        problems: list[str] = []
        for task, _ in self.files:
            try:
                targets[task.name] = self.target(index, task, image, alone=False)
            except DataError as error:
                problems.extend(error.problems)
        if problems:
            raise DataError(problems)
        return Sample(resized_image(image, self.size), targets)

    def stored_image(self, index: int) -> np.ndarray:
        """The image at its own size, upright unless the specification says otherwise, ``(H, W, 3)`` uint8.

        Raises:
            DataError: as ``read``.
        """
        path = self.image_path(index)
        image = read_image_at(self.image, path)
        if image.shape[:2] == self.size or self.resize:
            return image
        height, width = self.size
        turned = self._explain_turn(path) or self._explain_turn(self.image_path(0))
        raise DataError(
            f"{path}: image of {image.shape[0]}x{image.shape[1]} pixels, the first has {height}x{width}; all want one "
            f"size: data.image_size=[{height},{width}] resizes them with their targets{turned and f'; {turned}'}"
        )

    def target(self, index: int, task: Task, image: np.ndarray, *, alone: bool) -> np.ndarray:
        """Canonical target of one task, at the size of the samples.

        Args:
            index: of the sample.
            task: which.
            image: as stored.
            alone: whether it has to have something valid by itself.

        Raises:
            DataError: as ``read``.
        """
        raw, where = self.stored(index, task)
        try:
            if alone:
                target = decode_arrays(task, raw[None], image[None], where)[0]
            else:
                with in_parts():
                    target = decode_arrays(task, raw[None], image[None], where)[0]
        except DataError as error:
            if raw.shape[:2] == image.shape[:2] or not (turned := self._explain_turn(self.image_path(index))):
                raise
            raise DataError([f"{text}; {turned}" for text in error.problems]) from error
        return np.asarray(resized_target(target, self.size), order="C")

    def _explain_turn(self, path: Path) -> str:
        return explain_turn(path) if self.image.orientation is None else ""

    def stored(self, index: int, task: Task) -> tuple[np.ndarray, str]:
        """What the file of a task holds, mapped and marked as the specification says, and what it is called.

        Raises:
            DataError: the file is missing, damaged, or holds an id without a class.
        """
        files = dict(self.files)[task]
        path = self.target_path(index, task)
        where = f"{path} of task {task.name!r}"
        table = None if files.table is None else self.root / self.rows[index].fill(files.table)
        return read_stored(files.raw(path, table), files, task, where), where

    def tell(self, task: Task, most: int) -> list[Remark]:
        """What the reader of a task tells of some samples."""
        files = dict(self.files)[task]
        if files.read is None:
            return []
        tables: dict[Path | None, list[Path]] = {}
        for index in spread(len(self), most):
            table = None if files.table is None else self.root / self.rows[index].fill(files.table)
            tables.setdefault(table, []).append(self.target_path(index, task))
        return [remark for table, paths in tables.items() for remark in files.tell(paths, table)]

    def target_path(self, index: int, task: Task) -> Path:
        """The file of a task."""
        return self.root / find_existing(self.root, dict(self.files)[task].patterns, self.rows[index])

    def image_path(self, index: int) -> Path:
        """The file of the image."""
        return self.root / find_existing(self.root, self.image.patterns, self.rows[index])


def read_image_at(files: Files, path: Path) -> np.ndarray:
    """An image, ``(H, W, 3)`` uint8.

    Raises:
        DataError: the file is missing, damaged or no image.
    """
    if not files.plainly:
        return make_rgb(files.raw(path), str(path))
    return read_image(path, turn_upright if files.orientation is None else keep_stored)
