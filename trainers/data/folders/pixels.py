"""What pictures show: named pixel by pixel, so that one that was saved anew is known again, and small, for likeness."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from spaces.common.cores import count_cores
from spaces.errors import DataError
from trainers.data.formats.files import IMAGES, read_image
from trainers.data.formats.opening import open_any, turn_upright
from trainers.data.splits.fingerprint import spread

SURFACE = 2**29
"""Pixels that are decoded of a data set: our choice, ten seconds on one core; 20,000 images of 160x160."""
SIDE = 16
"""Pixels of a small picture, high and wide: fewer tell less apart, of more a picture saved with loss is less like."""
Place = tuple[str, Path]
"""A split, and an image in it."""


@dataclass(frozen=True)
class Look:
    """What an image shows.

    Args:
        digest: a name of its pixels and its size, alpha too.
        small: ``SIDE`` x ``SIDE`` uint8 of grey, flat.
        blank: whether all pixels are one.
        clear: whether all pixels are transparent.
    """

    digest: bytes
    small: bytes
    blank: bool
    clear: bool = False


def look_at(places: Sequence[Place]) -> dict[Path, Look]:
    """What images of a data set of several splits show; of more than `SURFACE` pixels only some are decoded.

    Of these first those whose bare names are in another split, too, then some evenly spread. What cannot be read is
    left out.
    """
    if len({split for split, _ in places}) < 2:
        return {}
    sizes = {place: size for place in places if (size := _measure(place[1]))}
    with ThreadPoolExecutor(count_cores()) as pool:
        paths = [path for _, path in _choose(list(sizes), sizes)]
        return {path: look for path, look in zip(paths, pool.map(_look, paths), strict=True) if look}


def _choose(places: Sequence[Place], sizes: dict[Place, int]) -> list[Place]:
    """As many as have no more than so many pixels together."""
    surface = sum(sizes[place] for place in places)
    if surface <= SURFACE:
        return list(places)
    names = Counter({(split, path.stem) for split, path in places})
    several = Counter(stem for _, stem in names)
    twins = [place for place in places if several[place[1].stem] > 1]
    others = [place for place in places if several[place[1].stem] == 1]
    most = int(SURFACE * len(places) / surface)
    chosen = [twins[index] for index in spread(len(twins), most)]
    return chosen + [others[index] for index in spread(len(others), most - len(chosen))]


def _measure(path: Path) -> int | None:
    """Pixels of an image file."""
    if path.suffix.lower() not in IMAGES:
        return None
    try:
        with open_any(path) as image:
            return image.width * image.height
    except Exception:  # whatever a damaged file raises is told where it is read
        return None


def _look(path: Path) -> Look | None:
    try:
        return _look_once(path, path.stat().st_mtime_ns)
    except (DataError, OSError):  # told where it is read
        return None


@lru_cache(maxsize=2**16)
def _look_once(path: Path, written: int) -> Look:
    """What one shows; some hundred bytes each are kept, for the same files are asked for again."""
    alpha: list[np.ndarray] = []

    def turn(image: Image.Image) -> Image.Image:
        turned = turn_upright(image)
        if turned.has_transparency_data:
            alpha.append(np.asarray(turned.convert("RGBA").getchannel("A")))
        return turned

    array = read_image(path, turn)
    planes = [array, *(each for each in alpha if (each < 255).any())]
    name = hashlib.blake2b(digest_size=16, salt=b"%dx%d" % array.shape[:2])
    for plane in planes:
        name.update(plane.tobytes())
    blank = all((plane == plane[:1, :1]).all() for plane in planes)
    clear = any(not each.any() for each in alpha)
    small = Image.fromarray(array).convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    return Look(name.digest(), small.tobytes(), blank, clear)
