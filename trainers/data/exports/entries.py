"""Which entry of a table of many images is one image's, what is told of a table, and whether it has changed."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np

from spaces.errors import DataError
from trainers.data.formats.files import readable

T = TypeVar("T")
Reader = TypeVar("Reader", bound=Callable[..., np.ndarray])
List = Callable[[Path], Collection[str]]
"""The names of a table's entries."""
PLACED = re.compile(r"/|[a-z]:/|[a-z]\w+://", re.IGNORECASE)
"""How names begin that say where in a machine or a net a file lies."""


@dataclass(frozen=True)
class Remark:
    """What to know of targets that are read.

    Args:
        text: for people.
        change: in what they are read otherwise than they once were, for their fingerprint, or "".
    """

    text: str
    change: str = ""


class Tell(Protocol):
    """What is told of some of a task's files and the table beside them."""

    def __call__(
        self, paths: Sequence[Path], table: Path | None, names: tuple[str, ...], array: str | None
    ) -> list[Remark]:
        """Remarks on files that can be read.

        Args:
            paths: of the task's files, some.
            table: of many samples, or None.
            names: of the classes or attributes.
            array: what the specification says of it.

        Raises:
            DataError: they cannot.
        """


def find_entry(entries: Mapping[str, T], path: Path, where: str) -> T:
    """The entry of an image, by as much of its path as the table has.

    Raises:
        DataError: there is none.
    """
    name = find_name(entries, path)
    if name is not None:
        return entries[name]
    known = ", ".join(list(entries)[:3]) + (", ..." if len(entries) > 3 else "")
    if alike := next((each for each in entries if each.endswith(f"/{path.name}")), None):
        raise DataError(
            f"{where}: no entry of {path}, only {alike}; write as much of paths as is the same here, such as "
            f"{'/'.join(path.parts[-2:])}"
        )
    raise DataError(f"{where}: no entry of {path.name}, it has {known or 'none'}; add it, or take the image out")


def find_name(entries: Collection[str], path: Path) -> str | None:
    """What an image is called in a table: the longest end of its path, with its suffix before without; or None."""
    parts = unicodedata.normalize("NFC", path.as_posix()).split("/")
    names = ["/".join(parts[start:]) for start in range(len(parts))]
    bare = [name.rpartition(".")[0] for name in names]  # tables of names without suffix
    return next((name for name in (*names, *bare) if name in entries), None)


def name_entries(said: Iterable[str]) -> dict[str, str]:
    r"""What entries are called, by what a table says: strokes and accents as here, and no place of another machine.

    That is the folder which all names have in common, where they say whole paths and the first is not here.

    >>> name_entries(["C:\\set\\a\\1.jpg", "C:\\set\\2.jpg"])
    {'C:\\set\\a\\1.jpg': 'a/1.jpg', 'C:\\set\\2.jpg': '2.jpg'}
    """
    names = {name: unicodedata.normalize("NFC", name.replace("\\", "/")) for name in said}
    first = next(iter(names.values()), "")
    if not first or not all(map(PLACED.match, names.values())) or os.path.exists(first):
        return {name: os.path.normpath(own) if own.startswith("./") else own for name, own in names.items()}
    folders = [name.split("/")[:-1] for name in names.values()]
    low, high = min(folders), max(folders)
    shared = next((n for n, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    return {name: "/".join(own.split("/")[shared:]) for name, own in names.items()}


def remark_places(table: Path, named: Mapping[str, str]) -> list[Remark]:
    """That a table has paths of another machine, of which but the ends count."""
    said, name = next(((said, name) for said, name in named.items() if PLACED.match(said.replace("\\", "/"))), ("", ""))
    if name == said.replace("\\", "/"):
        return []
    return [Remark(f"{table} names images by paths that are not here, such as {said}; it is taken for {name}")]


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


def told(tell: Tell) -> Callable[[Reader], Reader]:
    """Says of a reader what is to be told of what it reads, before it is trained on."""

    def mark(reader: Reader) -> Reader:
        reader.told = tell  # type: ignore[attr-defined]  # functions take attributes
        return reader

    return mark


def tell_of(reader: Callable[..., np.ndarray]) -> Tell | None:
    """What tells of what a reader reads, where something does."""
    found: Tell | None = getattr(reader, "told", None)
    return found


def stamp(path: Path) -> tuple[int, int]:
    """Time and size of a file, by which a changed one is known.

    Raises:
        DataError: it is missing.
    """
    with readable(path):
        found = path.stat()
    return found.st_mtime_ns, found.st_size
