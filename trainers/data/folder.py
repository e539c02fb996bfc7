"""Images and masks of one's own, a file a sample and task, and a specification of what is in them.

``check`` runs before any search: it counts everything and reads a few samples of every split; what is wrong with any
other is told when it is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from spaces.errors import DataError
from spaces.fields import Fields
from trainers.data.exports.recognise import explain_export
from trainers.data.folders.copies import find_copies, find_repeats
from trainers.data.folders.films import find_films
from trainers.data.folders.inspection import count_files, find_repeated
from trainers.data.folders.left_out import find_left_by_machines, find_left_out
from trainers.data.folders.listing import find_existing
from trainers.data.folders.near_copies import find_near_copies
from trainers.data.folders.palettes import find_palettes, read_heads
from trainers.data.folders.remarks import list_changes, remark_samples
from trainers.data.folders.sample_inspection import inspect_samples
from trainers.data.folders.samples import FolderSamples, read_image_at
from trainers.data.folders.shared_entries import find_shared
from trainers.data.folders.splits import FolderSplits
from trainers.data.folders.unseen_classes import find_unseen
from trainers.data.loading import Loading
from trainers.data.specs.folder_spec import FILES, FolderSpec, read_folder_spec
from trainers.data.specs.parsing import Format
from trainers.data.specs.specified import Specified
from trainers.data.splits import fingerprint as contents
from trainers.data.splits.arrays import FEWEST_TO_TRAIN, SPLITS, Arrays, check_split, list_wanted
from trainers.data.splits.samples import gather_samples
from trainers.tasks import Task


@dataclass(frozen=True)
class Folder(Specified):
    """A folder of images and target files, read as a specification says.

    Args:
        root: the folder.
        spec: path of the specification, or the name of a shipped one; its format: ``trainers.data.specs.folder_spec``.
        tasks: names of the tasks to train; None for the specification's default.
        image_size: height and width to which images (bilinear) and targets (nearest) are brought; None for as they are.
        loading: how samples come to the training.

    Raises:
        ConfigError: a value of the wrong type. What is in files is looked at by ``check``.
    """

    image_size: tuple[int, int] | None = None
    loading: Loading = field(default_factory=Loading)
    form: ClassVar[Format] = FILES

    def _check(self, fields: Fields) -> None:
        if self.image_size is not None:
            fields.integers("image_size", low=1, at_least=2)
            size = self.image_size
            two = not isinstance(size, Sequence) or len(size) <= 2
            shown = list(size) if isinstance(size, tuple) else size
            fields.require(two, f"data.image_size={shown}: want [HEIGHT, WIDTH]")
        fields.require(isinstance(self.loading, Loading), f"data.loading={self.loading}: want data.loading.KEY=VALUE")

    def __getstate__(self) -> dict[str, Any]:
        """Travel to workers without the lists of samples; each makes its own."""
        return {name: value for name, value in self.__dict__.items() if name != "_splits"}

    @cached_property
    def size(self) -> tuple[int, int]:
        """Height and width of the images, in pixels: ``image_size``, or those of the first training image.

        Raises:
            DataError: there is no usable training image.
        """
        if self.image_size is not None:
            return self.image_size
        first = self._splits.pick("train")[0]
        path = self._root / find_existing(self._root, self._spec.image.patterns, first)
        height, width = read_image_at(self._spec.image, path).shape[:2]
        return height, width

    @cached_property
    def fingerprint(self) -> str:
        """Names the data: which files, what they hold as far as `digest_files` looks, how they are read."""
        every = tuple((self._spec.tasks[name], files) for name, files in self._spec.files.items())
        splits = [
            FolderSamples(self._root, tuple(rows), self._spec.image, every, (0, 0), True)
            for rows in self._splits.rows.values()
        ]
        reading: list[Any] = [self._spec.plain, self.image_size, *list_changes(splits)]
        reading += [[table, contents.digest_whole(self._root / table)] for table in self._splits.list_tables()]
        return contents.digest_files(self._root, self._splits.list_paths(), reading)

    @cached_property
    def modified(self) -> str:
        """Names when the files were written, here: what is derived from them on this machine depends on it."""
        tables = self._splits.list_tables()
        more = {"tables": [tables]} if tables else {}
        return contents.digest_times(self._root, self._splits.list_paths() | more)

    def check(self) -> None:
        """Compare the splits, count all files, and read a few samples of every split as training will.

        Raises:
            DataError: with every problem of the first stage that has any: folder and specification; images in two
                splits or twice in one, samples without files, or files without samples; the values.
        """
        try:
            stored = self._check_files()
        except DataError as error:
            raise DataError([*error.problems, *self._find_export()]) from error
        splits = {split: self.samples(split) for split in SPLITS}
        problems = []
        for split, samples in splits.items():
            problems += inspect_samples(samples, list(splits.values()), training=split == "train")
        problems += [
            text for task in stored for text in find_palettes(read_heads(splits.values(), task), task).problems
        ]
        if problems:
            raise DataError(list(dict.fromkeys(problems)))  # what is wrong with a table is said once

    def _check_files(self) -> Sequence[Task]:
        """Compare the splits and count the files; the tasks that have some.

        Raises:
            DataError: as `check`, of all stages but the last.
        """
        stored = list_wanted(self.selected, None)
        if problems := self._splits.misnamed or self._splits.unprintable:
            raise DataError(problems)
        problems = find_repeated(self._root, self._splits.published, self._spec, self._specification())
        problems += [text for split in SPLITS for text in self._missing(split, stored)]
        if problems:
            problems = [*find_left_out(self._root, self._spec, self._splits.named_rows), *problems]
        problems = problems or [
            *find_copies(self._root, self._splits.rows, self._spec.image.patterns),
            *find_shared(self._root, self._splits.rows, {task.name: self._spec.files[task.name] for task in stored}),
        ]
        if problems:
            raise DataError(list(dict.fromkeys(problems)))  # what is wrong with all of it is said once
        return stored

    def _find_export(self) -> list[str]:
        """What the folder is an export of, where the specification does not know it."""
        if self._folder is None or not self._folder.is_dir():
            return []
        try:
            targets = self._spec.files.values() if self._file else ()
        except DataError:  # what is wrong in a specification comes before what it does not say
            return []
        said = [text for each in targets for text in (each.read, *each.patterns) if text]
        return explain_export(self._folder, said)

    def notes(self) -> list[str]:
        """What to know of files that are right, from some of every split.

        Raises:
            DataError: as `samples`.
        """
        splits = {split: self.samples(split) for split in SPLITS}
        films = find_films(self._splits.rows, lambda split, index: splits[split].stored_image(index))
        rows = self._splits.named_rows
        left_out = [
            *find_left_out(self._root, self._spec, rows),
            *find_left_by_machines(self._root, self._spec, list(rows)),
        ]
        images = self._root, self._splits.rows, self._spec.image.patterns
        alike = [*find_repeats(*images), *films, *find_near_copies(*images)]
        values = [*remark_samples(splits), *find_unseen(splits)]
        return list(dict.fromkeys([*self._splits.notes, *left_out, *alike, *values]))

    def samples(self, split: str, only: Sequence[str] | None = None) -> FolderSamples:
        """The samples of a split, to be read one by one.

        Args:
            split: "train", "val" or "test".
            only: names of the tasks whose targets are wanted; None for all that train.

        Raises:
            DataError: there are none, or the specification is not right.
        """
        check_split(split)
        tasks = list_wanted(self.selected, only)
        files = tuple((task, self._spec.files[task.name]) for task in tasks)
        rows = tuple(self._splits.pick(split))
        return FolderSamples(self._root, rows, self._spec.image, files, self.size, self.image_size is not None)

    def load(self, split: str, only: Sequence[str] | None = None) -> Arrays:
        """Images and canonical targets of a split, all in memory.

        Args:
            split: "train", "val" or "test".
            only: names of the tasks whose targets are wanted; None for all that train.

        Raises:
            DataError: the files do not fit the specification.
        """
        return gather_samples(self.samples(split, only))

    def _missing(self, split: str, tasks: Sequence[Task]) -> list[str]:
        """What is wrong with a split as far as names of files tell."""
        try:
            rows = self._splits.pick(split)
        except DataError as error:
            return list(error.problems)
        if split == "train" and len(rows) < FEWEST_TO_TRAIN:
            if self._splits.held_out:
                return [self._splits.too_few]
            return [
                f"{self._root}: {len(rows)} image to train on; want at least {FEWEST_TO_TRAIN}, for batch "
                "normalisation compares the images of a batch"
            ]
        files = {"the images": self._spec.image, **{f"task {t.name!r}": self._spec.files[t.name] for t in tasks}}
        names = self._splits.names.get(split, ()) if self._spec.lists is None else ()
        known = {row for each in self._splits.rows.values() for row in each}
        return count_files(self._root, split, rows, files, names, known, self._spec.patterns)

    @cached_property
    def _splits(self) -> FolderSplits:
        """Its samples, looked for once."""
        return FolderSplits(self._root, self._spec, self._specification())

    @property
    def _root(self) -> Path:
        """The folder.

        Raises:
            DataError: it is not given, or not there.
        """
        return self._placed(f"want the folder of data.spec={self.spec}")

    @cached_property
    def _spec(self) -> FolderSpec:
        """The specification, read once.

        Raises:
            DataError: it is not given, or not right.
        """
        return read_folder_spec(self._specification())
