"""Targets of PASCAL_MT that are made from MATLAB files: human parts, edges, and which normals count.

As the data's own loader makes them (Maninis et al. 2019, Vandenhende et al. 2021).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from spaces.errors import DataError
from trainers.data.formats.files import read_array

VERSION = "3c0b87ae050f1a0a292037c7e99828095a16f34a6bb9e657f5278dbe49c42966"
"""Of what the readers give: part of the data's name, so another text when that changes. The first one is a hash that
earlier versions took of this file."""
PERSON = 15
"""Class of people among those of PASCAL VOC."""
INVALID = 255

_PARTS = {
    "hair head lear lebrow leye mouth nose rear rebrow reye": 1,
    "neck torso": 2,
    "luarm ruarm": 3,
    "lhand llarm rhand rlarm": 4,
    "luleg ruleg": 5,
    "lfoot llleg rfoot rlleg": 6,
}
PARTS = {name: part for names, part in _PARTS.items() for name in names.split()}
"""Six parts, by the names of annotations."""

_INDOORS = """
3 4 6 9 10 11 13 15 17 18 22 23 29 30 33 34 36 37 38 39 41 43 46 49 50 51 53 55 56 59 61 62 65 66 68
69 72 73 78 83 84 85 87 88 95 96 101 104 105 107 111 113 115 122 124 135 141 142 143 146 150 154 157
158 159 165 172 174 181 183 184 191 193 195 197 199 202 213 215 216 219 220 223 225 228 230 232 233
238 239 242 243 246 250 251 252 255 260 261 263 269 272 273 275 281 283 284 285 286 287 288 290 291
292 293 295 304 307 309 310 314 315 319 323 328 330 331 336 342 345 349 350 351 352 355 357 368 370
371 374 379 380 383 384 397 401 403 405 407 408 411 412 413 414 417 419 421 423 427 429 430 432 440
441 442 443 444 446 454 457
"""
INDOORS = tuple(map(int, _INDOORS.split()))
"""Classes of PASCAL-Context that NYUv2 has too, where the network learnt whose normals these are."""


def human_parts(path: Path) -> np.ndarray:
    """Part of every pixel ``(H, W)`` uint8, 0 off people; 255 all over if nobody in the image has parts.

    Raises:
        DataError: the file is missing, damaged or has no annotation.
    """
    annotation = read_array(path, "anno")
    try:
        objects = annotation["objects"][0, 0].ravel()
        shape = objects[0]["mask"].shape
        people = [each for each in objects if int(each["class_ind"].item()) == PERSON and each["parts"].size]
        parts = [part for each in people for part in each["parts"].ravel()]
        target = np.full(shape, 0 if people else INVALID, np.uint8)
        for part in parts:
            target[part["mask"].astype(bool)] = PARTS[_text(part["part_name"])]
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise DataError(
            f"{path}: no annotation of parts ({error!r}); want anno.objects as PASCAL-Part has it"
        ) from error
    return target


def edges(path: Path) -> np.ndarray:
    """Borders between the classes of a LabelMap, thinned: ``(H, W)`` uint8, 1 on a border.

    Raises:
        DataError: the file is missing, damaged or has no LabelMap.
    """
    labels = read_array(path, "LabelMap").astype(np.int64)
    inner = np.pad(labels, 1, mode="reflect")
    neighbours = inner[:-2, 1:-1] + inner[2:, 1:-1] + inner[1:-1, :-2] + inner[1:-1, 2:]
    return thin_edges(neighbours != 4 * labels).astype(np.uint8)  # where the Laplacian is not 0


def normals(path: Path) -> np.ndarray:
    """Distilled normals ``(H, W, 3)`` float32, the zero vector where the class is none of indoor scenes.

    Raises:
        DataError: a file is missing, damaged or does not fit the other.
    """
    stored = read_array(path)
    labels = read_array(path.parents[1] / "pascal-context" / "trainval" / f"{path.stem}.mat", "LabelMap")
    if stored.dtype != np.uint8 or stored.shape != (*labels.shape, 3):
        given = f"given: {stored.dtype}, shape {stored.shape}"
        raise DataError(f"{path}: no normals ({given}); want 8-bit RGB of the {labels.shape} of its LabelMap")
    return np.where(np.isin(labels, INDOORS)[..., None], stored.astype(np.float32) * (2 / 255) - 1, 0).astype(
        np.float32
    )


def thin_edges(mask: np.ndarray) -> np.ndarray:
    """Lines of one pixel's width (Guo and Hall 1989, as scikit-image's ``thin``).

    Args:
        mask: ``(H, W)`` bool.
    """
    mask = mask.astype(bool)
    while True:
        before = mask
        for second in (False, True):
            mask = mask & ~_removable(mask, second)
        if (mask == before).all():
            return mask


def _removable(mask: np.ndarray, second: bool) -> np.ndarray:
    """Pixels that one of the two steps takes away."""
    p = np.pad(mask, 1)
    north, south, west, east = p[:-2, 1:-1], p[2:, 1:-1], p[1:-1, :-2], p[1:-1, 2:]
    nw, ne, sw, se = p[:-2, :-2], p[:-2, 2:], p[2:, :-2], p[2:, 2:]
    crossings = (
        (~north & (ne | east)).astype(int) + (~east & (se | south)) + (~south & (sw | west)) + (~west & (nw | north))
    )
    one = (nw | north).astype(int) + (ne | east) + (se | south) + (sw | west)
    two = (north | ne).astype(int) + (east | se) + (south | sw) + (west | nw)
    fewest = np.minimum(one, two)
    side = (south | sw | ~nw) & west if second else (north | ne | ~se) & east
    return (crossings == 1) & (fewest >= 2) & (fewest <= 3) & ~side


def _text(value: Any) -> str:
    return str(np.asarray(value).ravel()[0])
