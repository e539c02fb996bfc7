"""Edges between classes, made of label maps: where the 3x3 pixels around one are not all of one class.

As Progressive Decoder Fusion makes its edge targets (Gurulingan et al. 2022 and its released code): the dilation of the
label map by a 3x3 maximum differs from its erosion, so borders are two pixels wide. What lies beside pixels without a
class is an edge, too, as these operations have it; how the paper counts such pixels themselves is not known, here they
are invalid. It makes edges after augmentation; that augmentation finds them ready is our choice.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spaces.errors import DataError
from trainers.data.cityscapes import find_step
from trainers.data.formats.files import read_array

VERSION = "1"
"""Of what the readers give: part of the data's name, so another text when that changes."""
INVALID = 255
CITYSCAPES = (7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33)
"""Ids of the classes that count in the benchmark, in which no two ids are one class."""


def cityscapes_edges(path: Path) -> np.ndarray:
    """Edges ``(H, W)`` uint8 of a labelIds image: 1 on an edge, 0 off it, 255 where no class counts.

    The paper resizes to 512x1024 before; so pixels as far apart are compared as are neighbours there, and what is
    resized to 512x1024 afterwards is the same.

    Raises:
        DataError: the file is missing, damaged or no map of ids.
    """
    ids = _read_ids(path)
    return _mark(find_borders(ids, find_step(ids.shape[0])), np.isin(ids, CITYSCAPES))


def nyud_edges(path: Path) -> np.ndarray:
    """Edges ``(H, W)`` uint8 of a map with classes from 1 on: 1 on an edge, 0 off it, 255 where the map has 0.

    Raises:
        DataError: the file is missing, damaged or no map of ids.
    """
    ids = _read_ids(path)
    return _mark(find_borders(ids), ids > 0)


def find_borders(ids: np.ndarray, step: int = 1) -> np.ndarray:
    """Whether ids among the 3x3 pixels around each differ, ``(H, W)`` bool; beyond the image there are none.

    Args:
        ids: ``(H, W)``.
        step: how far apart the 3x3 pixels are.
    """
    borders = np.zeros(ids.shape, bool)
    all_of, from_start, to_end = slice(None), slice(None, -step), slice(step, None)
    pairs = (
        ((all_of, from_start), (all_of, to_end)),
        ((from_start, all_of), (to_end, all_of)),
        ((from_start, from_start), (to_end, to_end)),
        ((from_start, to_end), (to_end, from_start)),
    )
    for one, other in pairs:
        differ = ids[one] != ids[other]
        borders[one] |= differ
        borders[other] |= differ
    return borders


def _read_ids(path: Path) -> np.ndarray:
    ids = read_array(path)
    if ids.ndim != 2 or ids.dtype.kind not in "iu":
        raise DataError(f"{path}: no map of ids (given: {ids.dtype}, shape {ids.shape}); want an image of one channel")
    return ids


def _mark(borders: np.ndarray, counted: np.ndarray) -> np.ndarray:
    return np.where(counted, borders, INVALID).astype(np.uint8)
