"""Depth of Cityscapes: its disparity maps, seen by the cameras that took them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from spaces.errors import DataError
from trainers.data.formats.files import read_array, readable

VERSION = "e28b5b4f060dc0cefdc232bf663fc6960ea268e3c8527a78343a824675733eba"
"""Of what the readers give: part of the data's name, so another text when that changes. The first one is a hash that
earlier versions took of this file."""
FARTHEST = 1000.0
"""Metres beyond which a disparity, a fraction of a pixel, says nothing: our choice."""


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
    camera = camera_of(path)
    with readable(camera):
        told = json.loads(camera.read_text(encoding="utf-8"))
    try:
        reach = float(told["extrinsic"]["baseline"]) * float(told["intrinsic"]["fx"])
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{camera}: no camera (no {error}); want extrinsic.baseline and intrinsic.fx") from error
    disparity = (stored.astype(np.float32) - 1) / 256
    depth = reach / np.maximum(disparity, 1 / 256)
    return np.where((disparity > 0) & (depth <= FARTHEST), depth, 0).astype(np.float32)


def camera_of(path: Path) -> Path:
    """``root/camera/val/city/ID_camera.json`` of ``root/disparity/val/city/ID_disparity.png``."""
    name = path.name.replace("_disparity.png", "_camera.json")
    return path.parents[3] / "camera" / path.parts[-3] / path.parts[-2] / name
