"""Atomic writing of files: they are either whole or not there, whatever happens to the process that writes them.

Everything in a run folder is written through here, so that a run killed at any moment leaves no torn file.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, runtime_checkable
from uuid import uuid4

from spaces.common.formatting import name_kind
from spaces.errors import DataError

LARGEST_JSON = 256 * 2**20
"""Bytes of a JSON file that is read: our choice, a hundred times what 10,000 trials need."""
PLAIN = (type(None), bool, int, float, str)
"""Seen at once, for asking what else a value is takes long."""


@runtime_checkable
class Scalar(Protocol):
    """A number of numpy's or torch's; neither is imported for it."""

    def item(self) -> Any:
        """The same in Python's own types."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a new file name in the same folder, which takes the place of `path` when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Unique, since a worker of a killed driver may still write the file that its successor writes too; hidden
    # and without the suffix, so that no glob takes it for the real thing.
    temporary = path.with_name(f".{path.name}.{uuid4().hex}.tmp")
    try:
        yield temporary
        _flush_to_disk(temporary)
        os.replace(temporary, path)
    except OSError as error:
        # Where a disk is full the system names no file, else one that nobody knows; people want that they know. An
        # error without a number, as NumPy's, would lose its text by it.
        if error.errno is not None and error.filename in (None, str(temporary)):
            error.filename = str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def replacing_in(folder: Path) -> Iterator[Path]:
    """Yield a new folder inside one, whose files take their places there, in the order of their names, at a good end.

    Of files that belong together each is whole, and those that come first are there before what reads them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".", suffix=".tmp") as name:
        yield Path(name)
        for path in sorted(Path(name).iterdir()):
            _flush_to_disk(path)
            os.replace(path, folder / path.name)


def write_text(path: Path, text: str) -> None:
    """Write or replace a text file (UTF-8) at one stroke."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Write or replace a strict JSON file: numbers that are not finite become null."""
    write_text(path, json.dumps(strict(value), indent=1, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """The value that a JSON file holds.

    Raises:
        DataError: the file cannot be read, is too large or is not whole.
    """
    try:
        if (size := path.stat().st_size) > LARGEST_JSON:
            raise DataError(
                f"{path}: holds {size / 2**20:.0f} MiB, at most {LARGEST_JSON // 2**20} are read; it was damaged from "
                "outside: restore it from a copy, or use another run.name"
            )
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read ({error.strerror}); restore it from a copy, or use another run.name"
        ) from error
    except DataError:
        raise
    except RecursionError as error:
        raise DataError(
            f"{path}: lists within lists too deep to be read; it was damaged from outside: restore it from a copy, or "
            "use another run.name"
        ) from error
    except ValueError as error:  # also of numbers of thousands of digits
        raise DataError(
            f"{path}: no JSON ({error}); it was damaged from outside: restore it from a copy, or use another run.name"
        ) from error


def as_mapping(value: Any) -> dict[str, Any]:
    """A value of JSON or YAML that is to be a mapping.

    Raises:
        TypeError: it is something else, with what it is.
    """
    if not isinstance(value, dict):
        raise TypeError(f"{name_kind(value)} where a mapping is wanted")
    return value


def strict(value: Any) -> Any:
    """The same value in what strict JSON knows: no NaN, no numpy, no tuples."""
    if type(value) not in PLAIN:
        if isinstance(value, Mapping):
            return {str(name): strict(item) for name, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [strict(item) for item in value]
        if isinstance(value, Scalar):
            value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _flush_to_disk(path: Path) -> None:
    """Let the content reach the disk before the name does: otherwise a power cut can leave an empty file."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
