"""Which samples each split of a folder has: those that the set publishes, and those held out of its training split."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from spaces.common.formatting import format_list
from spaces.errors import DataError
from trainers.data.exports.headers import LIKELY
from trainers.data.folders.inspection import SHOWN, find_too_few
from trainers.data.folders.listing import Row, carve_splits, find_existing, glob_rows
from trainers.data.folders.lists import TABLES, cut_folders, list_splits, parts_of, read_rows
from trainers.data.folders.missing import find_archives, find_likely, find_names, is_absent
from trainers.data.folders.names import is_text, show_bytes
from trainers.data.specs.folder_spec import FolderSpec
from trainers.data.splits.arrays import SPLITS

NO_TEXTS = ("yes", "no", "on", "off", "y", "n", "true", "false", "null")
"""Words that are no texts in YAML, in small letters."""


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
        if isinstance(splits, str):
            return parts_of(self.root / splits)
        return {split: names for split, names in splits.items() if split not in self.absent}

    @cached_property
    def absent(self) -> list[str]:
        """The splits that nobody named and that are not there, where training samples are."""
        return [] if "train" in self._gone else self._gone

    @property
    def misnamed(self) -> list[str]:
        """What is wrong where a split that is not there seems to be, under another name."""
        likely = find_likely(self.root, self.spec, self._gone)
        if not likely:
            return []
        named = {split: likely.get(split, split) for split in SPLITS if split in likely or split not in self._gone}
        shown = ", ".join(f"{split}: {_write_name(name)}" for split, name in named.items())
        places = " and ".join(likely.values())
        return [
            f"{self.root}: no {' and no '.join(likely)}, but {places}; say splits: {{{shown}}} in {self.file}, where "
            "a split that is left out is held out of train"
        ]

    @property
    def unprintable(self) -> list[str]:
        """What is wrong where names of files are no text, so that no table and no page could hold them."""
        names = [text for rows in self.published.values() for row in rows for text in row.columns if not is_text(text)]
        if not names:
            return []
        shown = ", ".join(map(show_bytes, names[:SHOWN])) + (", ..." if len(names) > SHOWN else "")
        return [
            f"{self.root}: {len(names)} names of samples are no text in UTF-8: {shown}; rename these files, all of a "
            "sample alike (convmv -f gbk -t utf-8 -r --notest DIR does so for names of a Chinese Windows)"
        ]

    @property
    def notes(self) -> list[str]:
        """What a user should know of splits that are right."""
        if not self.absent:
            return [*self._tell_cut(), *self._tell_unread()]
        counts = " and ".join(f"{len(self.rows[split])} for {split}" for split in self.absent)
        kept = ", ".join(f"{split}: {split}" for split in self.names)
        return [
            *self._tell_cut(),
            f"no {' and no '.join(self.absent)} in {self.root}: {counts} of {len(self.published['train'])} training "
            f"images are held out, drawn by their names; splits: {{{kept}}} in {self.file} says the same, without this "
            "note",
        ]

    @cached_property
    def published(self) -> dict[str, list[Row]]:
        """Samples by split before any are held out.

        Raises:
            DataError: a list is not there, or is none.
        """
        return {split: [row for name in names for row in self._listed[name][1]] for split, names in self.names.items()}

    @property
    def named_rows(self) -> dict[str, list[Row]]:
        """The same by the set's own names of its splits."""
        rows: dict[str, list[Row]] = {name: [] for names in self.names.values() for name in names}
        for row in (row for found in self.published.values() for row in found):
            rows.setdefault(row.split, []).append(row)
        return rows

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
        known = {name for own in self.names.values() for name in own}
        there = sorted(find_names(self.root, self.spec) - known) if shown else []
        other = f", for which there is {format_list(map(show_bytes, there), SHOWN)}" if there else ""
        packed = format_list(map(show_bytes, find_archives(self.root)), SHOWN)
        unpack = f"unpack {packed}, for nothing looks into it, or " if packed else ""
        raise DataError(
            f"{self.root}: an empty split: no sample to {split} on; looked for {places}{shown}{other}; {unpack}"
            f"mend data.root, or image, splits and lists in {self.file}"
        )

    def list_paths(self) -> dict[str, list[list[str]]]:
        """By split, the files of every sample, for images and all tasks, seen from the root."""
        every = [self.spec.image, *self.spec.files.values()]
        return {
            split: [[find_existing(self.root, each.patterns, row) for each in every] for row in rows]
            for split, rows in self.rows.items()
        }

    def list_tables(self) -> list[str]:
        """The files on many samples that readers want, seen from the root."""
        tables = [each.table for each in self.spec.files.values() if each.table is not None]
        rows = [row for rows in self.rows.values() for row in rows] if tables else []
        return sorted({row.fill(table) for table in tables for row in rows})

    def _tell_unread(self) -> list[str]:
        """That a list has a column of splits, where nobody said which splits there are."""
        lists = self.spec.lists
        if lists is None or not self.spec.assumed or Path(lists).suffix.lower() not in (*TABLES, ".xml"):
            return []
        found = list_splits(self.root / lists) if "{split}" not in lists else []
        likely = {split: name for split in SPLITS for name in reversed(found) if name.lower() in LIKELY[split]}
        others = [name for name in found if name not in likely.values()]
        if len(found) < 2:
            return []
        where = f"{self.root / lists} says which images are {' and '.join(name or 'of no name' for name in found)}"
        unread = "and all are trained on or held out by lot"
        if others or "train" not in likely:
            mend = "give the empty cells a name and say" if "" in others else "say"
            return [
                f"{where}, {unread}; {mend} under splits in {self.file} which of these are train, val and test, "
                f"such as splits: {{train: {json.dumps(found[0])}, test: {json.dumps(found[1] or 'test')}}}"
            ]
        shown = ", ".join(f"{split}: {name}" for split, name in likely.items())
        return [f"{where}, {unread}; splits: {{{shown}}} in {self.file} keeps its splits"]

    @cached_property
    def _gone(self) -> list[str]:
        """The splits that nobody named and that are not there."""
        named = self.spec.splits
        wanted = [s for s in SPLITS if self.spec.assumed and isinstance(named, dict) and named.get(s) == (s,)]
        return [split for split in wanted if is_absent(self.root, self.spec, split)]

    @cached_property
    def _listed(self) -> dict[str, tuple[list[Row], list[Row]]]:
        """By the set's own names of splits, the samples as a list has them, and with names that have an image."""
        listed = {name: self._find(name) for names in self.names.values() for name in names}
        return {name: (rows, cut_folders(rows, self._has_image)) for name, rows in listed.items()}

    def _tell_cut(self) -> list[str]:
        """That a list names images by paths of another place."""
        for name, (said, rows) in self._listed.items():
            if self.spec.lists is not None and said != rows:
                return [
                    f"{self.root / self.spec.lists.replace('{split}', name)} names images by paths that are not here, "
                    f"such as {said[0].id}; it is taken for {rows[0].id}"
                ]
        return []

    def _find(self, name: str) -> list[Row]:
        """The samples of one of the set's own splits."""
        lists = self.spec.lists
        if lists is None:
            patterns = self.spec.image.patterns
            rivals = [pattern for pattern in self.spec.patterns if pattern not in patterns]
            found = [row for pattern in patterns for row in glob_rows(self.root, pattern, name, rivals)]
            return list({row.id: row for row in found}.values())
        try:
            return read_rows(self.root, lists, name, self._has_image)
        except DataError as error:
            if not self.spec.source or (self.root / lists.replace("{split}", name)).exists():
                raise
            raise DataError(f"{error}. Such data: {self.spec.source}") from error

    def _has_image(self, row: Row) -> bool:
        try:
            return os.path.isfile(self.root / find_existing(self.root, self.spec.image.patterns, row))
        except DataError:  # it has fewer columns than the patterns name
            return False


def _write_name(name: str) -> str:
    """A name as YAML has it, in quotes where that might take it for something else."""
    plain = re.fullmatch(r"[A-Za-z][\w-]*", name, re.ASCII) and name.lower() not in NO_TEXTS
    return name if plain else json.dumps(name, ensure_ascii=False)
