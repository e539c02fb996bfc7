"""Cache of decoded samples on disk: a stream decodes each file once, later epochs and trials read plain arrays.

One .npy file for every image and every target, so that trainings of other tasks share them. A file is whole or not
there, also after a kill or a power cut; several processes may fill one folder. A full disk ends the filling, not the
training. Files lie below names of what the data are, how they are read and, where the data set can tell, when its files
were written, so that nothing stale is read unless a file changes unseen by its fingerprint and keeps its time.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import Field, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from spaces.common.home import expand_home
from spaces.errors import DataError
from trainers.data.dataset import Dated, SampledDataSet
from trainers.data.loading import Loading
from trainers.data.splits.samples import Sample, Samples

VERSION = 1
"""Part of the folder's name: raise it when decoding changes."""
IMAGE = "_image"  # no task's name begins so
ABANDONED = 3600.0  # seconds after which a file that is still being written belongs to a process that is no more
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
log = logging.getLogger(__name__)


@dataclass
class Cached:
    """Samples that are decoded where they are not on disk yet.

    Args:
        samples: that are read and decoded.
        folder: of the split.
        names: folder of a task's targets, by the task's name.
    """

    samples: Samples
    folder: Path
    names: dict[str, str]
    _keeping: bool = field(default=True, init=False)

    def __len__(self) -> int:
        return len(self.samples)

    def read(self, index: int) -> Sample:
        """See `Samples.read`."""
        files = {name: self.folder / place / f"{index:07d}.npy" for name, place in self.names.items()}
        found = {name: array for name, file in files.items() if (array := _taken(file)) is not None}
        if len(found) == len(files):
            return Sample(found.pop(IMAGE), found)
        sample = self.samples.read(index)
        for name, file in files.items():
            if name not in found:
                self._keep(file, sample.image if name == IMAGE else sample.targets[name])
        return sample

    def _keep(self, file: Path, array: np.ndarray) -> None:
        if not self._keeping:
            return
        temporary = self.folder / "new" / uuid4().hex
        try:
            with open(temporary, "xb") as new:
                np.save(new, array, allow_pickle=False)
                new.flush()
                os.fsync(new.fileno())
            os.replace(temporary, file)
        except OSError as error:
            self._keeping = False
            log.warning("data.loading.cache: %s; no more samples are kept, the rest is decoded each time", error)
        finally:
            temporary.unlink(missing_ok=True)


def open_cache(data: SampledDataSet, split: str, only: Sequence[str]) -> Samples:
    """Samples of a split, kept on disk if ``data.loading.cache`` says where.

    Args:
        data: whose split it is; if it is `Dated`, that counts, too.
        split: its name.
        only: names of the tasks whose targets are wanted.

    Raises:
        DataError: there is no such split; the folder cannot be written to.
    """
    samples = data.samples(split, only=tuple(only))
    if data.loading.cache is None:
        return samples
    folder = expand_home(data.loading.cache, "data.loading.cache").absolute() / _name(data) / split
    tasks = {task.name: task for task in data.selected}
    names = {IMAGE: IMAGE} | {name: f"{name}-{_code(repr(tasks[name]))}" for name in only}
    with _writing(data.loading.cache):
        for place in ("new", *names.values()):
            (folder / place).mkdir(parents=True, exist_ok=True)
        _sweep(folder / "new")
        _probe(folder / "new")
    return Cached(samples, folder, names)


def check_cache(loading: Loading) -> None:
    """See that the folder of a cache, if there is to be one, can be written to.

    Raises:
        DataError: it cannot.
    """
    if loading.cache is not None:
        with _writing(loading.cache):
            folder = expand_home(loading.cache, "data.loading.cache").absolute()
            folder.mkdir(parents=True, exist_ok=True)
            _probe(folder)


@contextmanager
def _writing(cache: str) -> Iterator[None]:
    """A full disk or quota is no mistake; what else goes wrong is told."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise DataError(
                f"data.loading.cache={cache}: cannot be written to ({error}); "
                "name another folder, or null to decode each time"
            ) from error


def _probe(folder: Path) -> None:
    (probe := folder / uuid4().hex).touch()
    probe.unlink()


def _name(data: SampledDataSet) -> str:
    """Names what the data are and how they are read, but not where they lie, which tasks train and how they come."""
    given: list[Field[Any]] = [field for field in fields(data) if field.init] if is_dataclass(data) else []
    reading = [f"{f.name}={getattr(data, f.name)!r}" for f in given if f.name not in ("root", "tasks", "loading")]
    written = data.modified if isinstance(data, Dated) else ""
    return f"{data.fingerprint}-{_code(repr([VERSION, type(data).__name__, data.size, written, *reading]))}"


def _code(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _taken(file: Path) -> np.ndarray | None:
    """The array in a file; None where it is not there or was damaged from outside."""
    try:
        with open(file, "rb") as stream:  # numpy.load would open archives, too
            return np.lib.format.read_array(stream, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None


def _sweep(folder: Path) -> None:
    """Remove what killed processes left."""
    for file in folder.iterdir():
        try:
            if time.time() - file.stat().st_mtime > ABANDONED:
                file.unlink()
        except FileNotFoundError:  # another process was quicker
            continue
