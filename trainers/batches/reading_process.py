"""What happens in a process that reads: samples of a batch are read, and put where they are wanted.

Whatever goes wrong comes back as a message, and the process ends with the one that it reads for.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import threading
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from torch.utils.data import Dataset

from spaces.common.machine_faults import MachineError, find_machine_fault
from spaces.errors import DataError, UserError
from trainers.batches.ring import Ring
from trainers.data.splits.samples import Sample, Samples

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # names of glibc's malloc.h
KEPT, LARGEST = 2**27, 2**25  # bytes that are kept, and of the largest array that is: glibc allows no larger one


@dataclass(frozen=True)
class Refused:
    """What stands in the place of a batch that cannot be had: an exception would come with two tracebacks of text.

    Args:
        problems: what is wrong.
        fault: whether that is the machine's fault, such as a lost drive's.
    """

    problems: tuple[str, ...]
    fault: bool = False

    @property
    def error(self) -> UserError:
        """What the process raises that waits for the batch."""
        return MachineError(self.problems) if self.fault else DataError(self.problems)


class Written(NamedTuple):
    """Where a batch lies; tensors themselves would cost both processes work, for each is announced by a connection."""

    place: int
    rows: int


class Stacking(Dataset):
    """What a process does: the place and the rows of a batch -> its samples, put there."""

    def __init__(self, samples: Samples, split: str, shapes: str, ring: Ring) -> None:
        self._samples, self._split, self._shapes, self._ring = samples, split, shapes, ring

    def __getitem__(self, index: tuple[int, list[int]]) -> Written | Refused:
        place, rows = index
        for number, row in enumerate(rows):
            sample = read_sample(self._samples, row, self._split)
            if isinstance(sample, Refused):
                return sample
            if describe_shapes(sample) != self._shapes:
                problem = (
                    f"sample {row} of the {self._split} split is {describe_shapes(sample)}, sample 0 is {self._shapes}"
                )
                return Refused((f"{problem}; want all samples alike: crop or resize them to one size",))
            self._ring.put(place, number, sample)
        return Written(place, len(rows))


def read_sample(samples: Samples, row: int, split: str) -> Sample | Refused:
    """A sample, or what is wrong with it."""
    try:
        return samples.read(row)
    except UserError as error:
        return Refused(error.problems, bool(find_machine_fault(error)))
    except Exception as error:  # whatever a data set raises is told by the process that waits for the batch
        problem = f"sample {row} of the {split} split cannot be read: {_told(error)}"
        return Refused((problem,), bool(find_machine_fault(error)))


def describe_shapes(sample: Sample) -> str:
    """Types and shapes of a sample in words, equal for samples that fit in one batch."""
    arrays = {"image": sample.image, **dict(sorted(sample.targets.items()))}  # in whatever order they were read
    return ", ".join(f"{name} {array.dtype} {array.shape}" for name, array in arrays.items())


def settle(number: int) -> None:
    """Ctrl-C is answered by the process that trains; when that one ends, killed or not, this one does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_memory()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def keep_memory() -> bool:
    """Let this process use again what it has freed, 128 MiB at most: every page that comes anew costs a fault.

    By default glibc gives large arrays back at once; other allocators are left as they are.

    Returns:
        Whether it does.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(mallopt(M_TRIM_THRESHOLD, KEPT) and mallopt(M_MMAP_THRESHOLD, LARGEST))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _told(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    told = (str(error).splitlines() or ["no message"])[0]
    return f"{type(error).__name__}: {told} ({Path(last.filename).name}:{last.lineno})"
