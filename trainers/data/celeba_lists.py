"""The two text files of CelebA: which attributes every image has, and which split it is in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spaces.errors import DataError
from trainers.data.splits.arrays import SPLITS

ATTRIBUTES = Path("Anno", "list_attr_celeba.txt")
PARTITION = Path("Eval", "list_eval_partition.txt")
LABELS = {"1": True, "-1": False}
PARTS = {str(number): split for number, split in enumerate(SPLITS)}
SHOWN = 3
"""Lines or names that a message quotes."""


@dataclass(frozen=True, eq=False)
class Labels:
    """What list_attr_celeba.txt says.

    Args:
        names: of the attributes, in the order of the columns.
        rows: by name of the image its place in ``present``.
        present: (N, attributes) bool.
    """

    names: tuple[str, ...]
    rows: dict[str, int]
    present: np.ndarray


def read_labels(root: Path) -> Labels:
    """Read the attributes of all images.

    Raises:
        DataError: the file is missing, or not as published, with the line.
    """
    path = root / ATTRIBUTES
    lines = _lines(path)
    if len(lines) < 2 or not lines[0].strip().isdecimal():
        raise DataError(f"{path}: line 1 is {lines[0].strip()[:40]!r}; want the number of images, then a line of names")
    names = tuple(lines[1].split())
    said, body = int(lines[0]), lines[2:]
    if len(set(names)) != len(names):
        raise DataError(f"{path}: line 2 names an attribute twice; want distinct names")
    rows: dict[str, int] = {}
    present = np.zeros((len(body), len(names)), bool)
    for index, line in enumerate(body):
        name, *values = line.split()
        if len(values) != len(names):
            raise DataError(
                f"{path}: line {index + 3} has {len(values)} labels for {len(names)} attributes; want one each"
            )
        try:
            present[index] = [LABELS[value] for value in values]
        except KeyError as error:
            raise DataError(
                f"{path}: line {index + 3} has label {error.args[0]!r}; want 1 (present) or -1 (absent)"
            ) from error
        rows[name] = index
    if len(rows) != len(body):
        raise DataError(f"{path}: an image has two lines ({len(body)} lines, {len(rows)} names); want one an image")
    if said != len(body):
        raise DataError(f"{path}: line 1 says {said} images, {len(body)} lines follow; copy the file again")
    return Labels(names, rows, present)


def read_partition(root: Path) -> dict[str, tuple[str, ...]]:
    """Names of the images by split.

    Raises:
        DataError: the file is missing, or not as published, with the line; or a split is empty.
    """
    path = root / PARTITION
    found: dict[str, list[str]] = {split: [] for split in SPLITS}
    lines = _lines(path)
    for number, line in enumerate(lines, start=1):
        fields = line.split()
        if len(fields) != 2 or fields[1] not in PARTS:
            raise DataError(f"{path}: line {number} is {line.strip()[:40]!r}; want NAME 0 (train), 1 (val) or 2 (test)")
        found[PARTS[fields[1]]].append(fields[0])
    if len(set().union(*found.values())) != len(lines):
        raise DataError(f"{path}: an image has two lines; want one an image, for splits must not overlap")
    empty = [split for split, names in found.items() if not names]
    if empty:
        raise DataError(f"{path}: no image in {', '.join(empty)}; want some in each of {', '.join(SPLITS)}")
    return {split: tuple(names) for split, names in found.items()}


def differing(
    root: Path, labels: Labels, splits: dict[str, tuple[str, ...]], images: set[str], folder: str
) -> list[str]:
    """What one of the three, attributes, partition and folder of images, has and another has not."""
    sets = {
        str(ATTRIBUTES): set(labels.rows),
        str(PARTITION): set().union(*splits.values()),
        folder: images,
    }
    everything = set().union(*sets.values())
    counts = ", ".join(f"{len(names)} in {place}" for place, names in sets.items())
    problems = []
    for place, names in sets.items():
        missing = sorted(everything - names)
        if missing:
            told = f"lacks {len(missing)} of the images, {_some(missing)} ({counts})"
            problems.append(f"{root / place}: {told}; want the same images in all three")
    return problems


def _some(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")


def _lines(path: Path) -> list[str]:
    try:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file; want the official folders Img, Anno and Eval of CelebA") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read ({error}); it is damaged or no text: copy it again") from error
    if not lines:
        raise DataError(f"{path}: an empty file; copy it again")
    return lines
