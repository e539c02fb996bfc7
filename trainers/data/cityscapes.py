"""Depth of Cityscapes: its disparity maps, seen by the cameras that took them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from spaces.errors import DataError
from trainers.data.formats.files import read_array, readable

VERSION = "e28b5b4f060dc0cefdc232bf663fc6960ea268e3c8527a78343a824675733eba"
"""Of what the readers give: part of the data's name, so another text when that changes. The first one is a hash that
earlier versions took of this file."""
FARTHEST = 1000.0
"""Metres beyond which a disparity, a fraction of a pixel, says nothing: our choice."""
LINES = 512
"""Lines of the images that Progressive Decoder Fusion makes further targets of, where the files have 1024."""


def metres(path: Path) -> np.ndarray:
    """Depth ``(H, W)`` float32 [m], 0 where unknown: baseline * focal length / disparity.

    Disparity maps hold 256 * disparity + 1 as uint16, 0 where there is none. A disparity of next to 0 pixels is next to
    infinitely far, so it is unknown here, too.

    Args:
        path: of a disparity map; ``camera/`` beside ``disparity/`` has the camera of each.

    Raises:
        DataError: a file is missing, damaged or no such thing.
    """
    stored = read_array(path)
    if stored.dtype != np.uint16:
        raise DataError(f"{path}: no disparity map (given: {stored.dtype}, shape {stored.shape}); want a 16-bit image")
    baseline, focal_length = read_camera(camera_of(path), ("extrinsic.baseline", "intrinsic.fx"))
    disparity = (stored.astype(np.float32) - 1) / 256
    depth = baseline * focal_length / np.maximum(disparity, 1 / 256)
    return np.where((disparity > 0) & (depth <= FARTHEST), depth, 0).astype(np.float32)


def camera_of(path: Path) -> Path:
    """``root/camera/val/city/ID_camera.json`` of ``root/disparity/val/city/ID_disparity.png``."""
    name = path.name.replace("_disparity.png", "_camera.json")
    return path.parents[3] / "camera" / path.parts[-3] / path.parts[-2] / name


def read_camera(camera: Path, names: Sequence[str]) -> list[float]:
    """Numbers that a camera's file has under dotted names: metres of its baseline, pixels of what is intrinsic.

    Raises:
        DataError: the file is missing or damaged, or has no such numbers, which are all > 0.
    """
    with readable(camera):
        told = json.loads(camera.read_text(encoding="utf-8"))
    want = f"want {', '.join(names[:-1])} and {names[-1]}"
    try:
        values = [float(told[part][key]) for part, _, key in (name.partition(".") for name in names)]
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{camera}: no camera (no {error}); {want}") from error
    wrong = [f"{name}: {value:g}" for name, value in zip(names, values, strict=True) if not 0 < value < float("inf")]
    if wrong:
        raise DataError(f"{camera}: no camera ({', '.join(wrong)}); {want}, numbers > 0")
    return values


def find_step(height: int) -> int:
    """How many pixels of an image of so many lines are one of an image of `LINES`; at least 1."""
    return max(1, height // LINES)
