"""Which samples a data set of many files has: patterns of file names, list files, and the splits made of them.

A pattern is a path inside the root with ``{split}``, the set's own name of a split or a part of one, and ``{id}``, the
name of a sample, which may hold folders. Where list files say what there is, ``{0}``, ``{1}`` ... are their columns and
``{id}`` is the first.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

from spaces.errors import DataError
from trainers.data.folders.names import (
    is_left_by_machines,
    list_compositions,
    list_spellings,
    natural,
    suffix_in_any_case,
)

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


def glob_rows(root: Path, pattern: str, split: str, rivals: Sequence[str] = ()) -> list[Row]:
    """A row for every file that fits a pattern, in natural order: 2 before 10.

    Suffixes may be in small or capital letters; a file whose suffix is as the pattern has it comes first. What programs
    leave beside people's files, hidden folders and previews say, is left out.

    Args:
        root: the folder.
        pattern: of the files.
        split: the set's own name of the split.
        rivals: patterns of files of another use; one that says more than the pattern, such as ``{id}_mask.png`` beside
            ``{id}.png``, takes what fits it.
    """
    pattern = _spell_folder(root, pattern.replace("{split}", split))
    fits, exact = compile_pattern(pattern), compile_pattern(pattern, exactly=True)
    filled = [_spell_folder(root, rival.replace("{split}", split)) for rival in rivals]
    taken = [compile_pattern(rival) for rival in filled if _says(rival) > _says(pattern)]
    before, _, after = pattern.partition("{id}")
    folder, _, before = before.rpartition("/")
    found: dict[str, bool] = {}
    for name in list_files(root, root / folder):
        match = fits.fullmatch(name)
        if match and not is_left_by_machines(match["id"], before, after) and not any(t.fullmatch(name) for t in taken):
            as_said = exact.fullmatch(name) is not None
            found[match["id"]] = as_said or found.get(match["id"], False)
    return [Row(split, (name,)) for name in sorted(found, key=lambda name: (not found[name], natural(name), name))]


def compile_pattern(pattern: str, *, exactly: bool = False) -> re.Pattern[str]:
    """An expression for the paths that fit a pattern, whose id is its group ``id``.

    Args:
        pattern: without ``{split}``.
        exactly: whether capital letters in the suffix have to be as the pattern says.
    """
    texts = pattern.split("{id}")
    parts = [re.escape(text) for text in texts]
    if not exactly:
        parts[-1] = suffix_in_any_case(texts[-1])
    # The same id wherever the pattern names it again.
    whole = "(?P<id>.+)".join(parts[:2]) + "".join(f"(?P=id){part}" for part in parts[2:])
    return re.compile(whole, re.DOTALL)  # a name may hold the end of a line


def carve_splits(rows: Sequence[Row], share: float, names: Sequence[str]) -> dict[str, list[Row]]:
    """Take splits that a set does not have out of its training split: drawn once for ever, whatever the order.

    Args:
        rows: of the training split.
        share: of the rows, for each new split; at least one row.
        names: of the new splits.

    Returns:
        The new splits, and what is left as "train", each in the order of the rows.
    """
    drawn = sorted(rows, key=lambda row: hashlib.sha256(row.id.encode("utf-8", "surrogatepass")).digest())
    count = max(1, round(share * len(rows)))
    owner = {row: name for n, name in enumerate(names) for row in drawn[n * count : (n + 1) * count]}
    return {name: [row for row in rows if owner.get(row, "train") == name] for name in ("train", *names)}


def find_existing(root: Path, patterns: Sequence[str], row: Row) -> str:
    """The first of the files of a sample that is there, however it is spelled, or else the first of all; from the root.

    A name that is there as it is said comes before other spellings. Lists may have whole paths, or such that begin
    with a stroke and mean the root.

    Raises:
        DataError: the name leads out of the root: a list that is handed on would show files of whoever reads it.
    """
    names = [row.fill(pattern) for pattern in patterns]
    if any(name.startswith("/") for name in names):
        names = [_seen_from(root, name) for name in names]
    said = (name for name in names if os.path.isfile(f"{root}/{name}"))
    spelled = (other for name in names for other in list_spellings(name) if os.path.isfile(f"{root}/{other}"))
    composed = (way for name in names for way in (name, *list_compositions(name)))
    mixed = (other for way in composed for other in _list_mixed(root, way) if os.path.isfile(f"{root}/{other}"))
    found = next(chain(said, spelled, mixed), names[0])
    if found.startswith("/") or ".." in found:
        _refuse_outside(root, found)
    return found


def list_files(root: Path, folder: Path) -> Iterator[str]:
    """Paths of all files below a folder, seen from the root; links are followed, but not round in circles."""
    start = os.path.relpath(folder, root).replace(os.sep, "/")
    waiting: list[tuple[str, frozenset[tuple[int, int]]]] = [("" if start == "." else start + "/", frozenset())]
    while waiting:
        prefix, above = waiting.pop()
        try:
            found = os.stat(f"{root}/{prefix}")
            entries = list(os.scandir(f"{root}/{prefix}"))
        except OSError:  # not there, or not ours to read: without files
            continue
        here = (found.st_dev, found.st_ino)
        if here in above:
            continue
        for entry in entries:
            if os.path.isdir(entry.path):  # a link that leads to itself is none
                waiting.append((f"{prefix}{entry.name}/", above | {here}))
            else:
                yield prefix + entry.name


def _list_mixed(root: Path, name: str) -> Iterator[str]:
    """Spellings of a path with the suffixes that files beside it have, such as ``jPg``."""
    stem, _, suffix = name.rpartition(".")
    folder = f"{root}/{name}".rpartition("/")[0]
    try:
        found = _mixed_suffixes(folder, os.stat(folder).st_mtime_ns)
    except OSError:  # not there
        return
    yield from (f"{stem}.{other}" for other in found if other.lower() == suffix.lower())


@lru_cache(maxsize=256)
def _mixed_suffixes(folder: str, written: int) -> tuple[str, ...]:
    """Suffixes of small and capital letters in a folder that was last written at some time."""
    found = {name.rpartition(".")[2] for name in os.listdir(folder)}
    return tuple(sorted(suffix for suffix in found if suffix not in (suffix.lower(), suffix.upper())))


def _spell_folder(root: Path, pattern: str) -> str:
    """A pattern whose folder is written as the disk has it, where letters and accents are together or apart."""
    folder = pattern.partition("{id}")[0].rpartition("/")[0]
    if folder.isascii() or os.path.isdir(f"{root}/{folder}"):
        return pattern
    found = next((other for other in list_spellings(folder) if os.path.isdir(f"{root}/{other}")), folder)
    return found + pattern[len(folder) :]


def _refuse_outside(root: Path, name: str) -> None:
    """Refuse a path that leads out of the root as it is written; links that lie inside may lead anywhere.

    Raises:
        DataError: it does.
    """
    inside = os.path.normpath(name.replace("\\", "/"))
    leads_out = inside.startswith("/") or inside.partition("/")[0] == ".."
    if leads_out and os.path.exists(root / name):  # what is not there is told where it is read, as of other names
        raise DataError(
            f"{name} is named for a sample, and lies outside of {root}; want names inside it: correct the list or the "
            "pattern, or give the folder above as data.root, or put a link to the other folder into it"
        )


def _seen_from(root: Path, name: str) -> str:
    """A path as it is called in the root, if it lies there."""
    if name.startswith(f"{root}/"):
        return name[len(f"{root}/") :]
    inside = name.lstrip("/")
    return inside if os.path.isfile(f"{root}/{inside}") else name


def _says(pattern: str) -> int:
    """How much a pattern says beside the id."""
    return len(pattern.replace("{id}", ""))
