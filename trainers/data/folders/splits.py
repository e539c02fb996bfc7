"""Which samples each split of a folder has: those that the set publishes, and those held out of its training split."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from spaces.errors import DataError
from trainers.data.folders.inspection import find_too_few
from trainers.data.folders.listing import Row, carve_splits, find_existing, glob_rows, parts_of, read_rows
from trainers.data.specs.folder_spec import FolderSpec
from trainers.data.splits.arrays import SPLITS


@dataclass(frozen=True)
class FolderSplits:
    """The samples by split, looked for once.

    Args:
        root: the folder.
        spec: what is in it.
        file: of the specification, for messages.
    """

    root: Path
    spec: FolderSpec
    file: Path

    @cached_property
    def names(self) -> dict[str, tuple[str, ...]]:
        """The set's own names of its splits, by ours."""
        splits = self.spec.splits
        return parts_of(self.root / splits) if isinstance(splits, str) else splits

    @cached_property
    def published(self) -> dict[str, list[Row]]:
        """Samples by split before any are held out.

        Raises:
            DataError: a list is not there, or is none.
        """
        return {split: [row for name in names for row in self._find(name)] for split, names in self.names.items()}

    @cached_property
    def rows(self) -> dict[str, list[Row]]:
        """Samples by split."""
        rows = self.published
        return rows | carve_splits(rows["train"], self.spec.held_out, self.held_out) if self.held_out else rows

    @property
    def held_out(self) -> list[str]:
        """The splits that the set does not have."""
        return [split for split in SPLITS if split not in self.names]

    @property
    def too_few(self) -> str:
        """What is said where hardly anything is left to train on."""
        held = {split: len(self.rows[split]) for split in self.held_out}
        found = len(self.published["train"])
        return find_too_few(self.root, self.names["train"], found, held, self.spec.held_out, self.file)

    def pick(self, split: str) -> list[Row]:
        """The samples of a split.

        Raises:
            DataError: there are none.
        """
        if rows := self.rows[split]:
            return rows
        if self.published["train"] and split in ("train", *self.held_out):
            raise DataError(self.too_few)
        names = self.names.get(split, self.names["train"])
        places = self.spec.lists or " or ".join(self.spec.image.patterns)
        shown = f", {{split}} being {', '.join(names)}" if any(names) else ""
        raise DataError(
            f"{self.root}: an empty split: no sample to {split} on; looked for {places}{shown}; "
            f"mend data.root, or image, splits and lists in {self.file}"
        )

    def list_paths(self) -> dict[str, list[list[str]]]:
        """By split, the files of every sample, for images and all tasks, seen from the root."""
        every = [self.spec.image, *self.spec.files.values()]
        return {
            split: [[find_existing(self.root, each.patterns, row) for each in every] for row in rows]
            for split, rows in self.rows.items()
        }

    def _find(self, name: str) -> list[Row]:
        """The samples of one of the set's own splits."""
        lists = self.spec.lists
        if lists is None:
            rows = (row for pattern in self.spec.image.patterns for row in glob_rows(self.root, pattern, name))
            return list({row.id: row for row in rows}.values())
        try:
            return read_rows(self.root, lists, name)
        except DataError as error:
            if not self.spec.source or (self.root / lists.replace("{split}", name)).exists():
                raise
            raise DataError(f"{error}. Such data: {self.spec.source}") from error
