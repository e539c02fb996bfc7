"""Reads and writes .npz archives, so that a bad one is a message: no pickles, no torn files.

Headers come before contents, since most mistakes show in names, shapes and dtypes. Used by every data set.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from spaces.common.atomic_files import replacing
from spaces.common.free_memory import measure_free_memory
from spaces.errors import DataError

_SUFFIX = ".npy"
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


@dataclass(frozen=True)
class Header:
    """Shape and dtype of an array, known without reading it."""

    shape: tuple[int, ...]
    dtype: np.dtype


def read_headers(path: Path) -> dict[str, Header]:
    """Shape and dtype of every array in an archive.

    Raises:
        DataError: the file is missing, damaged or no archive.
    """
    headers = {}
    with _messages(path), zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            if not member.endswith(_SUFFIX):
                continue
            with archive.open(member) as file:
                version = npy.read_magic(file)
                if version not in _HEADERS:
                    raise ValueError(f"array format {version} of {member}")
                shape, _, dtype = _HEADERS[version](file)
            headers[member.removesuffix(_SUFFIX)] = Header(shape, dtype)
    return headers


def read_arrays(path: Path, names: Sequence[str]) -> dict[str, np.ndarray]:
    """The named arrays of an archive, which holds them.

    Raises:
        DataError: the file is missing, damaged or no archive, or an array holds Python objects.
    """
    arrays = {}
    # Not numpy.load, which leaves a damaged file open.
    with _messages(path), zipfile.ZipFile(path) as archive:
        for name in names:
            with archive.open(name + _SUFFIX) as file:
                _refuse_large(path, name, archive.getinfo(name + _SUFFIX).file_size)
                arrays[name] = npy.read_array(file, allow_pickle=False)
    return arrays


def digest_archive(path: Path) -> bytes:
    """SHA-256 of a file's bytes.

    Raises:
        DataError: the file is missing or cannot be read.
    """
    with _messages(path), open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write or replace an archive at one stroke: no reader ever sees a part of it."""
    with replacing(path) as temporary, open(temporary, "wb") as file:  # a name would be given another suffix
        np.savez(file, **arrays)  # type: ignore[arg-type]  # mypy takes a name for allow_pickle


def _refuse_large(path: Path, name: str, size: int) -> None:
    """Refuse an array that does not fit in memory, before a few bytes are unpacked into it.

    Raises:
        DataError: it does not.
    """
    free = measure_free_memory()
    if free is not None and size > free:
        raise DataError(
            f"{path}: array {name} takes {size / 2**30:.1f} GiB, {free / 2**30:.1f} GiB are free; make it smaller, or "
            "keep its samples as files of their own (data=folder)"
        )


@contextmanager
def _messages(path: Path) -> Iterator[None]:
    """Turn whatever a bad file raises into one message."""
    try:
        yield
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file; write it with numpy.savez_compressed") from error
    except DataError:
        raise
    except MemoryError as error:  # of a header that says more than the file holds
        raise DataError(f"{path}: does not fit in memory ({error}); make its arrays smaller") from error
    except (OSError, ValueError, OverflowError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(
            f"{path}: cannot be read ({error}); it is damaged or no .npz archive of plain arrays: "
            "copy it again, or write it again with numpy.savez_compressed"
        ) from error
