"""A name for the content of many files, quick for a hundred thousand of them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

SAMPLES = 256
"""Samples of a split whose files are looked into."""
BLOCK = 4096
"""Bytes at the beginning and at the end of such a file."""


def spread(count: int, most: int) -> list[int]:
    """At most so many indices, evenly spread from the first to the last."""
    return [int(n) for n in np.unique(np.linspace(0, count - 1, min(count, most)).round())] if count else []


def fingerprint(root: Path, splits: Mapping[str, Sequence[Sequence[str]]], reading: Any) -> str:
    """Names the data, wherever it lies.

    Every file counts with name and size; of 256 samples a split, evenly spread, the first and last 4 KiB count too.
    So a sample added, removed, renamed, or written anew with another size is always seen, and so is a set made
    otherwise; a few pixels changed in one file of many, its size kept, are not.

    Args:
        root: the folder.
        splits: by split, the paths of each sample's files inside the root; those that are not there count as such.
        reading: plain values that say how they are read.
    """
    digest = hashlib.sha256(json.dumps(reading, sort_keys=True).encode())
    place = f"{root}/"  # texts, for a path as an object takes longer than looking at the file
    for split, samples in splits.items():
        digest.update(f"\n{split} {len(samples)}\n".encode())
        looked_into = set(spread(len(samples), SAMPLES))
        for index, paths in enumerate(samples):
            for path in paths:
                digest.update(f"{path}\0{_size(place + path)}\0".encode())
                if index in looked_into:
                    digest.update(_ends(place + path))
    return digest.hexdigest()[:16]


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return -1


def _ends(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            start = file.read(BLOCK)
            file.seek(max(len(start), os.fstat(file.fileno()).st_size - BLOCK))
            return start + file.read()
    except OSError:
        return b""
