"""Which entry of a table of many images is one image's, and whether the table has changed since it was read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from spaces.errors import DataError
from trainers.data.formats.files import readable

T = TypeVar("T")


def find_entry(entries: Mapping[str, T], path: Path, where: str) -> T:
    """The entry of an image, by as much of its path as the table has.

    Raises:
        DataError: there is none.
    """
    parts = path.as_posix().split("/")
    names = ["/".join(parts[start:]) for start in range(len(parts))]
    bare = [name.rpartition(".")[0] for name in names]  # tables of names without suffix
    for name in (*names, *bare):
        if name in entries:
            return entries[name]
    known = ", ".join(list(entries)[:3]) + (", ..." if len(entries) > 3 else "")
    raise DataError(f"{where}: no entry of {path.name}, it has {known or 'none'}; add it, or take the image out")


def stamp(path: Path) -> tuple[int, int]:
    """Time and size of a file, by which a changed one is known.

    Raises:
        DataError: it is missing.
    """
    with readable(path):
        found = path.stat()
    return found.st_mtime_ns, found.st_size
