"""Fashion-MNIST in its files: the official four, each as it is or as .gz, or one archive of arrays."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from spaces.errors import DataError
from trainers.data.formats import archive
from trainers.data.formats.idx import read_idx
from trainers.data.overlapping_pairs import Pictures
from trainers.tasks.classification import Classification

CLASSES = (
    *("t-shirt", "trouser", "pullover", "dress", "coat"),
    *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
)
SIDE = 28  # of the pictures, in pixels
FEWEST = 6  # training pictures, for a sixth is set aside
ARCHIVE = "fashion_mnist.npz"
OFFICIAL = {"train": "train", "test": "t10k"}


def list_files() -> str:
    """What a folder should hold, in words."""
    names = ", ".join(f"{_name(each, what)}[.gz]" for each in OFFICIAL for what in ("images", "labels"))
    return f"{ARCHIVE}, or with {names}"


def read_pictures(folder: Path, part: str) -> Pictures:
    """Pictures with canonical labels; read once, and again where a file of the folder has changed.

    Args:
        folder: of the files.
        part: "train" or "test".

    Raises:
        DataError: the files are missing, damaged or of another form.
    """
    changed = tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir()))
    return _read(folder, part, changed)


@lru_cache(maxsize=4)
def _read(folder: Path, part: str, changed: object) -> Pictures:
    path = folder / ARCHIVE
    if path.exists():
        names = {"images": f"x_{part}", "labels": f"y_{part}"}
        lacking = [name for name in names.values() if name not in archive.read_headers(path)]
        if lacking:
            raise DataError(f"{path}: no array {', '.join(lacking)}; want x_train, y_train, x_test and y_test")
        found = archive.read_arrays(path, list(names.values()))
        images, labels = found[names["images"]], found[names["labels"]]
        where = {what: f"{path}: array {name!r}" for what, name in names.items()}
    else:
        paths = {what: _official(folder, part, what) for what in ("images", "labels")}
        images, labels = read_idx(paths["images"], 3), read_idx(paths["labels"], 1)
        where = {what: str(path) for what, path in paths.items()}
    _check(images, labels, where, FEWEST if part == "train" else 1)
    return Pictures(images, Classification("label", CLASSES).decode(labels, where["labels"]))


def _check(images: np.ndarray, labels: np.ndarray, where: Mapping[str, str], fewest: int) -> None:
    given = f"given: {images.dtype}, shape {images.shape}"
    if images.dtype != np.uint8 or images.shape[1:] != (SIDE, SIDE):
        raise DataError(
            f"{where['images']}: no pictures of {SIDE}x{SIDE} pixels ({given}); want uint8 (N, {SIDE}, {SIDE})"
        )
    if len(images) < fewest:
        raise DataError(f"{where['images']}: an empty split, or nearly so ({given}); want at least {fewest} pictures")
    if labels.shape != (len(images),):
        raise DataError(
            f"{where['labels']}: wrong length: labels of shape {labels.shape} for {len(images)} pictures; "
            "want one a picture, in the same order"
        )


def _official(folder: Path, part: str, what: str) -> Path:
    """The file as it is, or else its .gz form."""
    plain = folder / _name(part, what)
    packed = plain.with_name(f"{plain.name}.gz")
    return packed if packed.exists() and not plain.exists() else plain


def _name(part: str, what: str) -> str:
    return f"{OFFICIAL[part]}-{what}-idx{3 if what == 'images' else 1}-ubyte"
