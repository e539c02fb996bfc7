"""What files of weights hold: digests, part of a training's fingerprint, and whether they are as they were written."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from spaces.common.home import expand_home
from spaces.errors import ConfigError
from spaces.networks.family import Family, StartsFromWeights

READ = ("*.safetensors", "config.json")
"""What counts of a folder of weights."""


def digest_weights(family: Family) -> str | None:
    """16 hex characters that name the weights a family starts from; None where it starts at random.

    Raises:
        ConfigError: the file is not there.
    """
    if not isinstance(family, StartsFromWeights) or family.weights is None:
        return None
    marks = []
    for file in list_weight_files(family.weights):
        stat = file.stat()
        marks.append(_digest_file(file, stat.st_size, stat.st_mtime_ns))
    return hashlib.sha256("".join(marks).encode()).hexdigest()[:16]


def list_weight_files(weights: str) -> list[Path]:
    """The file of weights, or those of a folder.

    Raises:
        ConfigError: there is none.
    """
    path = expand_home(weights, "network.weights")
    found = sorted(file for name in READ for file in path.glob(name)) if path.is_dir() else [path]
    if not all(file.is_file() for file in found) or not found:
        raise ConfigError(
            f"network.weights={weights}: {'no *.safetensors in this folder' if path.is_dir() else 'no such file'}; "
            "give the path of weights that lie on this machine, or network.weights=null to start at random"
        )
    return found


@lru_cache(maxsize=64)
def _digest_file(file: Path, size: int, changed: int) -> str:
    """Of a file's bytes; asked for at every trial, so it is kept as long as size and time say the same."""
    return digest_file(file)


def digest_file(file: Path) -> str:
    """64 hex characters of a file's bytes."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def is_whole(file: Path) -> bool:
    """Whether a file that torch has written is there as it was; torch reads one with other bits without a word."""
    try:
        with ZipFile(file) as archive:
            return archive.testzip() is None
    except (FileNotFoundError, BadZipFile, EOFError, NotImplementedError):
        return False
