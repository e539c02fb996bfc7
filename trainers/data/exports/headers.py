"""What people call the columns of their tables, and the splits of their sets."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

WORD = re.compile(r"[^\W\d]+([ _-][^\W\d]+)*|(Unnamed: 0)?")
"""The name of a column, or none, as pandas' index has."""
SPLITTING = ("split", "set", "partition", "subset", "fold", "is_train", "is_training", "train_val_test")
"""Headers of a column of splits, in small letters."""
NAMELESS = ("", "unnamed: 0")
"""Headers of a column without a name, in small letters; the second is pandas' where it has read and written one."""
_HEADERS = """
id ids name names image images img file files filename filenames file_name image_id image_name image_path image_file
imagename imageid path filepath file_path sample samples sample_id picture photo frame input
"""
HEADERS = frozenset(_HEADERS.split())
"""Headers of a column that names images, in small letters."""
LIKELY = {
    "train": ("train", "training", "trn", "train_set", "trainset"),
    "val": ("val", "valid", "validation", "validate", "dev", "eval", "val_set", "valset", "publictest"),
    "test": ("test", "testing", "tst", "test_set", "testset", "holdout", "privatetest"),
}
"""What people call our splits, in small letters."""


def is_splitting(name: str, cells: Sequence[str]) -> bool:
    """Whether a column says which split an image is of: by its name, or by words for splits alone."""
    if name.lower() in SPLITTING:
        return True
    words = {cell.lower() for cell in cells if cell}
    ours = {split for split, known in LIKELY.items() if words & set(known)}
    return len(ours) > 1 and all(any(word in known for known in LIKELY.values()) for word in words)


def name_splits(names: Sequence[str]) -> dict[str, str]:
    """Our splits by the names of an export's; none where none trains.

    >>> name_splits(["labels_train", "labels-dev", "trainval", "test2017"])
    {'test': 'test2017', 'train': 'labels_train', 'val': 'labels-dev'}
    """
    found = match_splits(names)
    return found if "train" in found else {}


def match_splits(names: Collection[str], *, in_part: bool = True) -> dict[str, str]:
    """The names that are those of our splits, by these.

    Names that are a split's, numbers and strokes around it left out, come before those of which a part is.

    Args:
        names: of folders, files or cells.
        in_part: whether the latter count.
    """
    found: dict[str, str] = {}
    for part in (_whole, _bare, _parts) if in_part else (_whole, _bare):
        for ours, likely in LIKELY.items():
            free = [name for name in sorted(names) if name not in found.values()]
            if fits := [name for name in free if set(part(name.lower())) & set(likely)]:
                found.setdefault(ours, fits[0])
    return found


def _whole(name: str) -> list[str]:
    return [name]


def _bare(name: str) -> list[str]:
    return [name.strip("0123456789_-. ")]


def _parts(name: str) -> list[str]:
    return re.split(r"[\d\W_]+", name)
