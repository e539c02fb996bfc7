"""Files of a data set as a specification names them: patterns of paths, how values are read, readers of one's own."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from spaces.common.permissions import import_allowed
from spaces.errors import ConfigError, DataError
from trainers.data.exports.entries import Remark, tell_of
from trainers.data.folders.listing import FIELD
from trainers.data.formats.files import read_array, readable
from trainers.data.specs.bounds import parse_bounds
from trainers.data.specs.mapping import parse_map
from trainers.data.specs.reader_names import READERS

WISHES = ("table", "names", "array")


@dataclass(frozen=True)
class Files:
    """Where the values of the samples lie, and how they are read.

    Args:
        patterns: paths inside the root; the first that exists counts.
        array: variable in .mat files, or None.
        read: a function from a path to an array, by its dotted path or name, or None for what the suffix says.
        channels: "first" where values are (C, H, W), or None.
        map: class by stored id; empty for none.
        valid: smallest and largest stored value that count, or None.
        table: pattern of a file on many samples that ``read`` wants beside the one of a sample, or None.
        names: of the task's classes or attributes, for ``read`` to find labels by.
        orientation: "stored" for images that are not turned as EXIF notes say, or None for turned ones.
    """

    patterns: tuple[str, ...]
    array: str | None = None
    read: str | None = None
    channels: str | None = None
    map: tuple[tuple[int, int], ...] = ()
    valid: tuple[float, float] | None = None
    table: str | None = None
    names: tuple[str, ...] = ()
    orientation: str | None = None

    @property
    def plain(self) -> dict[str, Any]:
        """The same in values of JSON; a reader by the first path it ever had."""
        said = {**asdict(self), "read": self.read and READERS.mark(self.read)}
        del said["names"]  # the task has them
        for later in ("table", "orientation"):  # which no specification could say before
            if said[later] is None:
                del said[later]
        return said

    @property
    def plainly(self) -> bool:
        """Whether files are read as their suffix says, and nothing more."""
        return self.read is None and self.array is None and self.channels is None

    def raw(self, path: Path, table: Path | None = None) -> np.ndarray:
        """The values in a file, channels last.

        Args:
            path: of the file.
            table: that of the sample, for ``read``.

        Raises:
            DataError: the file is missing, damaged, or not of this form.
        """
        raw = self._own(path, table) if self.read else read_array(path, self.array)
        return np.moveaxis(raw, 0, -1) if self.channels == "first" and raw.ndim == 3 else raw

    def tell(self, paths: Sequence[Path], table: Path | None) -> list[Remark]:
        """What the reader tells of some files that it reads.

        Args:
            paths: of the files.
            table: theirs.
        """
        tell = tell_of(find_reader(self.read)) if self.read else None
        try:
            return tell(paths, table, self.names, self.array) if tell else []
        except DataError:  # told where it is read
            return []

    def _own(self, path: Path, table: Path | None) -> np.ndarray:
        assert self.read is not None
        own = find_reader(self.read)
        known = {"table": table, "names": self.names, "array": self.array}
        with readable(path):
            raw = own(path, **{name: known[name] for name in find_wishes(own)})
        if not isinstance(raw, np.ndarray):
            raise DataError(f"{path}: read: {self.read} gives a {type(raw).__name__}; want a numpy array")
        return raw


def find_wishes(reader: Callable[..., np.ndarray]) -> list[str]:
    """What a reader wants to know beside the path, by the names of its parameters."""
    try:
        parameters = list(signature(reader).parameters.values())[1:]
    except (TypeError, ValueError):  # of some functions that are not written in Python
        return []
    return [each.name for each in parameters if each.name in WISHES and each.default is each.empty]


def parse_files(where: str, own: Mapping[str, Any], listed: bool, problems: list[str]) -> Files:
    """Check what is said of files.

    Args:
        where: the place in the specification, for messages.
        own: what is said there.
        listed: whether lists name the samples, whose columns may be used.
        problems: gets whatever is wrong.
    """
    given = own.get("files")
    patterns = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, list) else ()
    if not patterns or not all(isinstance(pattern, str) and pattern for pattern in patterns):
        problems.append(
            f"{where}.files={given!r}: want a pattern such as '{{split}}/label/{{id}}.png', or a list of them"
        )
        patterns = ()
    for pattern in patterns:
        names = FIELD.findall(pattern)
        want = "{id}, {split}, {0}, {1} ... (columns of the list)" if listed else "{id} and {split}"
        if any(name not in ("id", "split") and not (listed and name.isdigit()) for name in names):
            problems.append(f"{where}.files={pattern!r}: unknown {{...}}; want {want}")
        elif not set(names) - {"split"}:
            problems.append(f"{where}.files={pattern!r}: names the same file for every sample; want {want}")
    texts = [key for key in ("array", "read", "table") if key in own and not isinstance(own[key], str)]
    problems += [f"{where}.{key}={own[key]!r}: want a text" for key in texts]
    layout = _layout(where, own, problems)
    valid = parse_bounds(where, own.get("valid"), problems)
    table = parse_map(where, own.get("map"), problems)
    read = own.get("read")
    if isinstance(read, str):
        try:
            wishes = find_wishes(find_reader(read))
            if "table" in wishes and not own.get("table"):
                problems.append(f"{where}.table is missing; read: {read} wants the path of a file on all samples")
        except DataError as error:
            problems += [f"{where}.{problem}" for problem in error.problems]
    orientation = own.get("orientation", "exif")
    if orientation not in ("exif", "stored"):
        problems.append(f"{where}.orientation={orientation!r}: want exif, to turn images as it notes, or stored")
    stored = "stored" if orientation == "stored" else None
    return Files(patterns, own.get("array"), read, layout, table, valid, own.get("table"), orientation=stored)


def _layout(where: str, own: Mapping[str, Any], problems: list[str]) -> str | None:
    """Whether values are (C, H, W), which the key ``channels`` said alone before a kind had an option of that name."""
    said = {key: own[key] for key in ("layout", "channels") if key in own}
    for key, value in said.items():
        if value not in ("first", "last"):
            problems.append(f"{where}.{key}={value!r}: want first or last")
    if len(set(map(str, said.values()))) > 1:
        problems.append(f"{where}: layout={said['layout']!r} and channels={said['channels']!r}; leave one out")
    return next(iter(said.values()), None)


def find_reader(path: str) -> Callable[..., np.ndarray]:
    """The function at a dotted path.

    Raises:
        DataError: there is none.
    """
    if READERS.name(path) in READERS.paths:
        module, _, name = READERS.locate(path).rpartition(".")
        found: Callable[..., np.ndarray] = getattr(import_module(module), name)
        return found
    try:
        return import_allowed(path, f"read: {path}")
    except ConfigError as error:
        raise DataError(error.problems) from error


def find_versions(path: str) -> list[str]:
    """Names how the function at a dotted path reads: the VERSION that its module declares, else the module's bytes.

    Both the module that is named and that in which the function is defined count; not what these import.

    Raises:
        DataError: there is no such function.
    """
    names = {READERS.locate(path).rpartition(".")[0], getattr(find_reader(path), "__module__", None)}
    modules = [sys.modules[name] for name in sorted(filter(None, names)) if name in sys.modules]
    return list(filter(None, map(_version, modules)))


def _version(module: ModuleType) -> str | None:
    declared, file = getattr(module, "VERSION", None), getattr(module, "__file__", None)
    if declared is not None:
        return str(declared)
    return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file and Path(file).is_file() else None
