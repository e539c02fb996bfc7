"""Reads IDX files, the format of MNIST and its kin, so that a bad one is a message.

Two zero bytes, one for the type (8: uint8), one for the number of dimensions, each dimension as a big-endian 32-bit
integer, then the values; as it is or in a .gz file.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np

from spaces.errors import DataError

UINT8 = 8
"""Code of the one type that images and labels have."""


def read_idx(path: Path, dimensions: int) -> np.ndarray:
    """The array of a file.

    Args:
        path: ending in .gz or not.
        dimensions: 3 for images, 1 for labels.

    Raises:
        DataError: the file is missing, damaged or no IDX file of bytes, or has another number of dimensions.
    """
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file; copy it there, as it is or with .gz at the end") from error
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read ({error}); it is damaged: copy it again") from error
    start = 4 + 4 * dimensions
    if len(content) < start or content[:3] != bytes([0, 0, UINT8]):
        begins = content[:4].hex(" ") or "with nothing"
        raise DataError(f"{path}: no IDX file of bytes (begins {begins}, want 00 00 08 0{dimensions}); copy it again")
    if content[3] != dimensions:
        other = "labels" if dimensions == 3 else "images"
        raise DataError(f"{path}: has {content[3]} dimensions, want {dimensions}; is it the file of the {other}?")
    shape = struct.unpack(f">{dimensions}I", content[4:start])
    held, said = len(content) - start, math.prod(shape)
    if held != said:
        told = " x ".join(map(str, shape))
        raise DataError(f"{path}: holds {held} values, its head says {told} = {said}; it is damaged: copy it again")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
