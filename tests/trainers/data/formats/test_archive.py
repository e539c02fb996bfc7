"""Archives are read without pickles and written whole."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from spaces.errors import DataError
from trainers.data.formats import archive


def test_what_is_written_is_read(tmp_path: Path) -> None:
    arrays = {"a": np.arange(6).reshape(2, 3), "b.c": np.zeros((0, 2), np.float16)}
    path = tmp_path / "deep" / "x.npz"

    archive.write_arrays(path, arrays)
    found = archive.read_arrays(path, ["a", "b.c"])

    assert all(np.array_equal(found[name], array) for name, array in arrays.items())
    headers = archive.read_headers(path)
    assert {name: (h.shape, h.dtype) for name, h in headers.items()} == {
        name: (array.shape, array.dtype) for name, array in arrays.items()
    }
    assert [item.name for item in path.parent.iterdir()] == ["x.npz"]


def test_compressed_archives_have_headers_too(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "x.npz", a=np.zeros((3, 2), ">i2", order="F"))

    assert archive.read_headers(tmp_path / "x.npz")["a"] == archive.Header((3, 2), np.dtype(">i2"))


def test_pickles_are_seen_in_headers_and_never_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", a=np.array([print], dtype=object))

    assert archive.read_headers(tmp_path / "x.npz")["a"].dtype.hasobject
    with pytest.raises(DataError, match=r"x\.npz: cannot be read \(Object arrays cannot be loaded"):
        archive.read_arrays(tmp_path / "x.npz", ["a"])


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.npz"
    archive.write_arrays(path, {"a": np.ones(3)})

    def fail(*given: object, **named: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(OSError, match="disk full"):
        archive.write_arrays(path, {"a": np.zeros(3)})

    assert archive.read_arrays(path, ["a"])["a"].tolist() == [1, 1, 1]
    assert list(tmp_path.iterdir()) == [path]


def test_the_digest_is_of_the_content(tmp_path: Path) -> None:
    for name, content in (("a", b"1"), ("b", b"1"), ("c", b"2")):
        (tmp_path / name).write_bytes(content)

    digests = [archive.digest_archive(tmp_path / name) for name in "abc"]

    assert digests[0] == digests[1] != digests[2]
    with pytest.raises(DataError, match="no such file"):
        archive.digest_archive(tmp_path / "d")


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ("(10000000000000,)", "does not fit in memory (Unable to allocate 72.8 TiB"),
        ("(99999999999999999999999,)", "cannot be read (Python int too large"),
        ("(-1,)", "cannot be read (negative dimensions"),
        ("(" * 300 + ")" * 300, "cannot be read (Cannot parse header"),
    ],
)
def test_a_header_that_promises_too_much_is_one_message(shape: str, told: str, tmp_path: Path) -> None:
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as file:
        file.writestr("a.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head)
    with pytest.raises(DataError) as caught:
        archive.read_arrays(tmp_path / "x.npz", ["a"])
    assert str(caught.value).startswith(f"{tmp_path / 'x.npz'}: {told}")


def test_an_array_that_unpacks_to_more_than_there_is_memory_is_refused_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez_compressed(tmp_path / "x.npz", a=np.zeros(2**20, np.uint8))
    monkeypatch.setattr(archive, "measure_free_memory", lambda: 2**19)
    with pytest.raises(DataError, match=r"x\.npz: array a takes 0\.0 GiB, 0\.0 GiB are free; make it smaller, or keep"):
        archive.read_arrays(tmp_path / "x.npz", ["a"])
