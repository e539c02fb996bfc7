from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from spaces.errors import DataError
from tests.trainers.data.labelled import idx
from trainers.data.formats.idx import read_idx

IMAGES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


@pytest.mark.parametrize("array", [IMAGES, IMAGES[0, 0]])
@pytest.mark.parametrize("packed", [False, True])
def test_what_was_written_is_read(array: np.ndarray, packed: bool, tmp_path: Path) -> None:
    path = tmp_path / ("it.gz" if packed else "it")
    path.write_bytes(gzip.compress(idx(array)) if packed else idx(array))
    np.testing.assert_array_equal(read_idx(path, array.ndim), array)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no IDX file of bytes (begins with nothing, want 00 00 08 03); copy it again"),
        (b"PK\x03\x04" * 9, "no IDX file of bytes (begins 50 4b 03 04, want 00 00 08 03); copy it again"),
        (idx(IMAGES).replace(b"\x08", b"\x0d", 1), "no IDX file of bytes (begins 00 00 0d 03, want 00 00 08 03)"),
        (idx(IMAGES.ravel()), "has 1 dimensions, want 3; is it the file of the labels?"),
        (idx(IMAGES)[:-1], "holds 23 values, its head says 2 x 3 x 4 = 24; it is damaged: copy it again"),
        (idx(IMAGES) + b"x", "holds 25 values, its head says 2 x 3 x 4 = 24"),
    ],
)
def test_malformed_files_are_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_idx(path, 3)
    assert str(caught.value).startswith(f"{path}: {message}")


@pytest.mark.parametrize(
    "content", [b"nothing packed", gzip.compress(idx(IMAGES), mtime=0)[:-9]], ids=["no gzip", "cut"]
)
def test_damaged_packed_files_are_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "it.gz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"it\.gz: cannot be read \(.*\); it is damaged: copy it again"):
        read_idx(path, 3)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"it: no such file; copy it there, as it is or with \.gz at the end"):
        read_idx(tmp_path / "it", 3)
