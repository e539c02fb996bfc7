"""What pictures show, named pixel by pixel, so that one that was saved anew with other bytes is known again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from spaces.common.cores import count_cores
from spaces.errors import DataError
from trainers.data.formats.files import IMAGES, read_image
from trainers.data.formats.opening import open_any
from trainers.data.splits.fingerprint import spread

SURFACE = 2**29
"""Pixels that are decoded of a data set: our choice, ten seconds on one core; 20,000 images of 160x160."""
Place = tuple[str, Path]
"""A split, and an image in it."""


def digest_pixels(places: Sequence[Place]) -> dict[Path, bytes]:
    """Names what images show, of those that may show the same as one of another split.

    These have the same width and height as one there. Of more than `SURFACE` pixels come first those whose bare names
    are in another split, too, then some evenly spread; the others are left out.
    """
    sizes = {place: size for place in places if (size := _measure(place[1]))}
    splits: dict[tuple[int, int], set[str]] = {}
    for (split, _), size in sizes.items():
        splits.setdefault(size, set()).add(split)
    alike = [place for place, size in sizes.items() if len(splits[size]) > 1]
    with ThreadPoolExecutor(count_cores()) as pool:
        paths = [path for _, path in _choose(alike, sizes)]
        return {path: digest for path, digest in zip(paths, pool.map(_digest, paths), strict=True) if digest}


def _choose(places: Sequence[Place], sizes: dict[Place, tuple[int, int]]) -> list[Place]:
    """As many as have no more than so many pixels together."""
    surface = [sizes[place][0] * sizes[place][1] for place in places]
    if sum(surface) <= SURFACE:
        return list(places)
    names = Counter({(split, path.stem) for split, path in places})
    several = Counter(stem for _, stem in names)
    twins = [place for place in places if several[place[1].stem] > 1]
    others = [place for place in places if several[place[1].stem] == 1]
    mean = sum(surface) / len(surface)
    most = int(SURFACE / mean)
    chosen = [twins[index] for index in spread(len(twins), most)]
    return chosen + [others[index] for index in spread(len(others), most - len(chosen))]


def _measure(path: Path) -> tuple[int, int] | None:
    """Width and height as they are stored, smaller first, for saving anew may turn an image upright."""
    if path.suffix.lower() not in IMAGES:
        return None
    try:
        with open_any(path) as image:
            return min(image.size), max(image.size)
    except Exception:  # whatever a damaged file raises is told where it is read
        return None


def _digest(path: Path) -> bytes | None:
    try:
        array = read_image(path)
    except DataError:  # told where it is read
        return None
    return hashlib.blake2b(array.tobytes(), digest_size=16, salt=b"%dx%d" % array.shape[:2]).digest()
