"""Numbers of one value a pixel as TIFF may hold them: of any sign, size and order of bytes."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from spaces.errors import DataError
from trainers.data.formats.files import read_array
from trainers.data.formats.heads import read_head

BITS = np.random.default_rng(0).integers(-(2**62), 2**62, (5, 7))


def write_numbers(path: Path, array: np.ndarray, order: str, *, compressed: bool = False) -> Path:
    """An array as TIFF, by hand."""
    data = array.astype(array.dtype.newbyteorder(order)).tobytes()
    data = zlib.compress(data) if compressed else data
    form = {"u": 1, "i": 2, "f": 3}[array.dtype.kind]
    height, width = array.shape
    method = 8 if compressed else 1
    tags = [(256, width), (257, height), (258, array.dtype.itemsize * 8), (259, method)]
    tags += [(262, 1), (273, 8 + 2 + 12 * 10 + 4), (277, 1), (278, height), (279, len(data)), (339, form)]
    entries = b"".join(struct.pack(f"{order}HHII", tag, 4, 1, value) for tag, value in tags)
    start = {"<": b"II*\0", ">": b"MM\0*"}[order]
    path.write_bytes(start + struct.pack(f"{order}IH", 8, len(tags)) + entries + struct.pack("<I", 0) + data)
    return path


@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2", "i4", "u4", "f4"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("compressed", [False, True])
def test_numbers_are_those_that_are_stored(tmp_path: Path, kind: str, order: str, compressed: bool) -> None:
    array = (BITS / 2**60 if kind == "f4" else BITS).astype(kind)
    path = write_numbers(tmp_path / "x.tif", array, order, compressed=compressed)
    if kind == "u4" and order == ">":  # Pillow knows none
        with pytest.raises(DataError, match="a TIFF of numbers that cannot be read, such as floats of 64 or 16 bits"):
            read_array(path)
        return

    assert np.array_equal(read_array(path), array)
    assert np.array_equal(read_array(write_numbers(path, array * 0 + 3, order, compressed=compressed)), array * 0 + 3)


def test_a_kind_is_told_where_pillow_takes_another(tmp_path: Path) -> None:
    head = read_head(write_numbers(tmp_path / "x.tif", BITS.astype("i1"), "<"))

    assert head is not None
    assert head.grey.kind == "i1"
    assert read_array(write_numbers(tmp_path / "y.tif", np.ones((2, 3), "u4"), "<")).dtype == np.uint16  # as before
