"""Fingerprint of the content of many files, quick for a hundred thousand of them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

LOOKED = 8_192
"""Files of a data set that are looked into, if it has many more; at least 256 samples of a split in any case."""
SAMPLES = 256
BLOCK = 4096
"""Bytes that are read at once."""
BLOCKS = 16
"""Blocks of a file that are read; a file of no more is read whole."""


def spread(count: int, most: int) -> list[int]:
    """At most so many indices, evenly spread from the first to the last."""
    return [int(n) for n in np.unique(np.linspace(0, count - 1, min(count, most)).round())] if count else []


def digest_files(root: Path, splits: Mapping[str, Sequence[Sequence[str]]], reading: Any) -> str:
    """Names the data, wherever it lies and whenever it was copied.

    Every file counts with name and size. Of about 8192 files, those of samples evenly spread over every split, the
    content counts too: all of a file up to 64 KiB; of a larger one the first block of 4 KiB, the last, where image
    and archive formats keep check sums of the rest, and 14 evenly spread between, which lie elsewhere in each file.

    So these are always seen: a sample added, removed, renamed, or written anew with another size, and what is read
    otherwise. A change of the same place in many files is seen nearly always. Not seen is, where no size changes: a
    change between the blocks of a few large .npy files (one row of an array, say), or in files that are not looked
    into, which a set has only if it has more than 8192; and whatever a reader of one's own opens beside the file
    that the specification names.

    Args:
        root: the folder.
        splits: by split, the paths of each sample's files inside the root; those that are not there count as such.
        reading: plain values that say how they are read.
    """
    digest = hashlib.sha256(json.dumps(reading, sort_keys=True).encode())
    place = f"{root}/"  # texts, for a path as an object takes longer than looking at the file
    files = sum(len(paths) for samples in splits.values() for paths in samples)
    for split, samples in splits.items():
        digest.update(f"\n{split} {len(samples)}\n".encode())
        most = len(samples) if files <= LOOKED else max(SAMPLES, len(samples) * LOOKED // files)
        looked_into = set(spread(len(samples), most))
        for index, paths in enumerate(samples):
            for path in paths:
                digest.update(f"{path}\0{_size(place + path)}\0".encode())
                if index in looked_into:
                    for block in _blocks(place + path, crc32(path.encode())):
                        digest.update(block)
    return digest.hexdigest()[:16]


def digest_times(root: Path, splits: Mapping[str, Sequence[Sequence[str]]]) -> str:
    """Names the times at which the files were last written.

    Depends on copying, so it names nothing that lasts; it sees what `digest_files` misses, except for files that keep
    their times when they are written anew.

    Args:
        root: the folder.
        splits: as for `digest_files`.
    """
    digest, place = hashlib.sha256(), f"{root}/"
    for samples in splits.values():
        for paths in samples:
            digest.update("".join(f"{_written(place + path)} " for path in paths).encode())
    return digest.hexdigest()[:16]


def digest_whole(path: Path) -> str:
    """Names all that is in a file; one that is not there is empty."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:16]
    except OSError:  # told by ``check``
        return ""


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return -1


def _written(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return -1


def _blocks(path: str, seed: int) -> Iterator[bytes]:
    """What is looked into of a file: all of a small one, else its ends and blocks spread between, moved by a seed."""
    try:
        with open(path, "rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if size <= BLOCK * BLOCKS:
                yield file.readall()
                return
            apart = (size - BLOCK) // (BLOCKS - 2)
            moved = seed % apart
            for start in (0, *(n * apart + moved for n in range(BLOCKS - 2)), size - BLOCK):
                file.seek(start)
                yield file.read(BLOCK)
    except OSError:  # told by ``check``; here it counts as empty
        return
