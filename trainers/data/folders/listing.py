"""Which samples a data set of many files has: patterns of file names, list files, and the splits made of them.

A pattern is a path inside the root with ``{split}``, the set's own name of a split or a part of one, and ``{id}``, the
name of a sample, which may hold folders. Where list files say what there is, ``{0}``, ``{1}`` ... are their columns and
``{id}`` is the first.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from spaces.errors import DataError
from trainers.data.formats.files import readable

FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Row:
    """One sample.

    Args:
        split: the set's own name of its split, or "".
        columns: its line in the list file; the id alone without one.
    """

    split: str
    columns: tuple[str, ...]

    @property
    def id(self) -> str:
        """Its name, the same for all tasks."""
        return self.columns[0]

    def fill(self, pattern: str) -> str:
        """The path that a pattern means for this sample.

        Raises:
            DataError: the list has fewer columns than the pattern names.
        """
        if len(self.columns) == 1 and "{0}" not in pattern:  # quick, for this is done for every file
            return pattern.replace("{split}", self.split).replace("{id}", self.id)
        named = {"split": self.split, "id": self.id, **{str(n): text for n, text in enumerate(self.columns)}}
        try:
            return FIELD.sub(lambda match: named[match[1]], pattern)
        except KeyError as error:
            raise DataError(
                f"pattern {pattern!r} names column {error.args[0]}, the list has {len(self.columns)} a line, from 0"
            ) from error


def glob_rows(root: Path, pattern: str, split: str) -> list[Row]:
    """A row for every file that fits a pattern, in natural order: 2 before 10."""
    pattern = pattern.replace("{split}", split)
    texts = [re.escape(text) for text in pattern.split("{id}")]
    # The same id wherever the pattern names it again.
    fits = re.compile("(?P<id>.+)".join(texts[:2]) + "".join(f"(?P=id){text}" for text in texts[2:]))
    folder = root / pattern[: pattern.find("{id}")].rpartition("/")[0]
    found = [match["id"] for name in _names(root, folder) if (match := fits.fullmatch(name))]
    return [Row(split, (name,)) for name in sorted(found, key=natural)]


def read_rows(root: Path, pattern: str, split: str) -> list[Row]:
    """The rows of a list file: a line a sample, or a JSON list, or a JSON mapping from names of splits to lists.

    Raises:
        DataError: the file is missing or no list, or the split is not in it.
    """
    path = root / pattern.replace("{split}", split)
    with readable(path):
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if path.suffix == ".json" else [line.split() for line in text.splitlines() if line]
    if isinstance(content, dict):
        if split not in content:
            raise DataError(f"{path}: no list {split!r}, it has {', '.join(content)}; name the right one under splits")
        content = content[split]
    rows = [[line] if isinstance(line, str) else line for line in content]
    if not all(isinstance(row, list) and row and all(isinstance(text, str) for text in row) for row in rows):
        raise DataError(f"{path}: want a list of names, or of lists of names, one a sample")
    return [Row(split, tuple(row)) for row in rows]


def parts_of(path: Path) -> dict[str, tuple[str, ...]]:
    """Splits from a table: a header ``id,train,val,test``, then a line a part (say a building) with 1 where it belongs.

    Raises:
        DataError: the file is missing or no such table.
    """
    with readable(path), open(path, newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    if not lines or not {"id", "train", "val", "test"} <= set(lines[0]):
        raise DataError(f"{path}: want a table with the columns id, train, val and test")
    return {
        split: tuple(line["id"] for line in lines if str(line[split]).strip() in ("1", "1.0", "True", "true"))
        for split in ("train", "val", "test")
    }


def carve_splits(rows: Sequence[Row], share: float, names: Sequence[str]) -> dict[str, list[Row]]:
    """Take splits that a set does not have out of its training split: drawn once for ever, whatever the order.

    Args:
        rows: of the training split.
        share: of the rows, for each new split; at least one row.
        names: of the new splits.

    Returns:
        The new splits, and what is left as "train", each in the order of the rows.
    """
    drawn = sorted(rows, key=lambda row: hashlib.sha256(row.id.encode()).digest())
    count = max(1, round(share * len(rows)))
    owner = {row: name for n, name in enumerate(names) for row in drawn[n * count : (n + 1) * count]}
    return {name: [row for row in rows if owner.get(row, "train") == name] for name in ("train", *names)}


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts numbers in names by value."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", name))


def find_existing(root: Path, patterns: Sequence[str], row: Row) -> str:
    """The first of the files of a sample that is there, or else the first of all, seen from the root."""
    if len(patterns) == 1:
        return row.fill(patterns[0])
    names = [row.fill(pattern) for pattern in patterns]
    return next((name for name in names if os.path.isfile(f"{root}/{name}")), names[0])


def _names(root: Path, folder: Path) -> Iterator[str]:
    """Paths of all files below a folder, seen from the root."""
    for place, _, files in os.walk(folder, followlinks=True):
        inside = os.path.relpath(place, root).replace(os.sep, "/")
        prefix = "" if inside == "." else inside + "/"
        yield from (prefix + file for file in files)
