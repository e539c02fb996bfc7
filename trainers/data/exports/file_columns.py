"""Columns of a table that name a file an image: masks of ids, depth, other values; and how such are read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from spaces.errors import DataError
from trainers.data.exports.cells import is_missing
from trainers.data.exports.image_places import Held, Listing, find_files
from trainers.data.formats.files import SUFFIXES, read_array
from trainers.data.splits.fingerprint import spread

LOOKED = 64
"""Files of a column that are looked for, and opened."""
MOST_CLASSES = 64
"""Different whole numbers that are taken for ids: our choice."""
UNLABELLED = 255
"""The id that marks what has no class more often than it is one."""


def names_files(cells: Collection[str]) -> bool:
    """Whether cells name files of values, as far as they say anything."""
    said = {cell for cell in cells if not is_missing(cell)}
    return bool(said) and all(cell.lower().endswith(SUFFIXES) for cell in said)


def describe_files(root: Path, name: str, cells: Sequence[str], place: int) -> dict[str, object]:
    """What a specification says of a task whose files a column names.

    Args:
        root: the folder.
        name: of the column.
        cells: of all rows.
        place: of the column, as lists count them.

    Raises:
        DataError: the files are not there, or no specification can be told from them.
    """
    said = list(dict.fromkeys(cell for cell in cells if not is_missing(cell)))
    some = [said[index] for index in spread(len(said), LOOKED)]
    held = find_files(root, some, targets=True)
    if held is None:
        raise DataError(
            f"column {name!r} names files, such as {said[0]}, that are not in {root}; put them there, or write their "
            "paths as they are seen from there"
        )
    patterns = [f"{folder}{{{place}}}{held.ending}" for folder in held.cover()]
    files: object = patterns[0] if len(patterns) == 1 else patterns
    return {"files": files, **_describe(_read(root, held), name)}


def _read(root: Path, held: Held) -> list[np.ndarray]:
    listing = Listing(root)
    paths = (listing.spell(f"{each[0]}{name}{held.ending}") for name, each in held.places.items() if each)
    return [read_array(root / path) for path in paths if path]


def _describe(arrays: Sequence[np.ndarray], name: str) -> dict[str, object]:
    """Kind and options, by what a few files hold."""
    called = name.lower()
    if "normal" in called and all(3 in array.shape for array in arrays):
        return {"kind": "normals"}
    if any(array.squeeze().ndim != 2 for array in arrays):
        raise DataError(
            f"column {name!r} names files of several values a pixel, such as colours; if these mean classes, save "
            "masks whose pixels are the ids of classes (0, 1, 2 ...) as grey .png, else say in a specification of "
            "your own what they are"
        )
    if "depth" in called:
        return {"kind": "depth"}
    values = sorted({value for array in arrays for value in np.unique(array).tolist()})
    if len(values) > MOST_CLASSES or any(value != int(value) or value < 0 for value in values if value == value):
        return {"kind": "regression"}
    ids = [int(value) for value in values]
    if len(ids) < 2:
        raise DataError(f"column {name!r} names files that hold {ids} alone, of which nothing can be learnt")
    if ids == list(range(len(ids))):
        return {"kind": "segmentation", "classes": len(ids)}
    if len(ids) > 2 and ids == [*range(len(ids) - 1), UNLABELLED]:
        return {"kind": "segmentation", "classes": len(ids) - 1, "invalid": UNLABELLED}
    table = {id: number for number, id in enumerate(ids)}
    return {"kind": "segmentation", "classes": len(ids), "map": table}
