"""Which entry of a table of many images is one image's, and whether the table has changed since it was read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np

from spaces.errors import DataError
from trainers.data.formats.files import readable

T = TypeVar("T")
Reader = TypeVar("Reader", bound=Callable[..., np.ndarray])
List = Callable[[Path], Collection[str]]
"""The names of a table's entries."""


def find_entry(entries: Mapping[str, T], path: Path, where: str) -> T:
    """The entry of an image, by as much of its path as the table has.

    Raises:
        DataError: there is none.
    """
    name = find_name(entries, path)
    if name is not None:
        return entries[name]
    known = ", ".join(list(entries)[:3]) + (", ..." if len(entries) > 3 else "")
    raise DataError(f"{where}: no entry of {path.name}, it has {known or 'none'}; add it, or take the image out")


def find_name(entries: Collection[str], path: Path) -> str | None:
    """What an image is called in a table: the longest end of its path, with its suffix before without; or None."""
    parts = path.as_posix().split("/")
    names = ["/".join(parts[start:]) for start in range(len(parts))]
    bare = [name.rpartition(".")[0] for name in names]  # tables of names without suffix
    return next((name for name in (*names, *bare) if name in entries), None)


def entered(names: List) -> Callable[[Reader], Reader]:
    """Says of a reader that its table has an entry an image, so that two images that take one entry can be told.

    Args:
        names: the names of a table's entries, by which `find_name` finds an image.
    """

    def mark(reader: Reader) -> Reader:
        reader.entered = names  # type: ignore[attr-defined]  # functions take attributes
        return reader

    return mark


def names_of(reader: Callable[..., np.ndarray]) -> List | None:
    """What lists the entries of a reader's tables, where it is `entered`."""
    found: List | None = getattr(reader, "entered", None)
    return found


def stamp(path: Path) -> tuple[int, int]:
    """Time and size of a file, by which a changed one is known.

    Raises:
        DataError: it is missing.
    """
    with readable(path):
        found = path.stat()
    return found.st_mtime_ns, found.st_size
