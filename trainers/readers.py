"""Worker processes that read and stack samples, by torch's DataLoader; whatever goes wrong there is one message here.

Processes come from a fork server, which has neither threads nor a CUDA context of the training, and end with the
process that they read for, however that ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, default_collate

from spaces.errors import DataError, UserError
from trainers.data.samples import Sample, Samples

METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
Stacked = tuple[Tensor, dict[str, Tensor]]
"""Images (B, H, W, 3) uint8, and canonical targets by task."""


class Readers:
    """Reads samples of one split in any order; its processes begin at the first need and stay for the next pass.

    Args:
        opening: from names of tasks to the samples with their targets.
        split: name of the split, for messages.
        workers: how many processes; 0 reads in this one.
        pin: whether batches come in page-locked memory, from which a GPU copies by itself.
    """

    def __init__(self, opening: Callable[[tuple[str, ...]], Samples], split: str, workers: int, *, pin: bool) -> None:
        self._opening, self._split, self._workers, self._pin = opening, split, workers, pin
        self._plan: list[list[int]] = []
        self._only: tuple[str, ...] | None = None
        self._loader: DataLoader | None = None
        self._passes = 0

    def read(self, plan: Sequence[Sequence[int]], only: tuple[str, ...]) -> Iterator[Stacked]:
        """One pass.

        Args:
            plan: rows of every batch.
            only: names of the tasks whose targets are wanted.

        Raises:
            DataError: a sample cannot be read, or a process was lost; the processes are ended.
        """
        if self._loader is None or self._only != only:
            self.close()
            self._loader, self._only = self._begun(self._opening(only)), only
        self._passes += 1
        this = self._passes
        self._plan[:] = map(list, plan)
        batches = iter(self._loader)
        for _ in plan:
            assert this == self._passes, "another pass has begun"
            try:
                found = next(batches)
            except (RuntimeError, OSError, EOFError) as error:  # samples are read where nothing is raised
                self.close()
                raise DataError(_lost(self._split, error)) from error
            if isinstance(found, Refused):
                self.close()
                raise DataError(found.problems)
            yield found

    def close(self) -> None:
        """End the processes; the next pass begins new ones."""
        self._loader = self._only = None

    def _begun(self, samples: Samples) -> DataLoader:
        options: dict[str, Any] = {}
        if self._workers:
            context = multiprocessing.get_context(METHOD)
            context.set_forkserver_preload(["torch"])  # once, not once a process
            options = {"multiprocessing_context": context, "persistent_workers": True, "worker_init_fn": _begin}
        return DataLoader(
            _Stacking(samples, self._split),  # an item is a batch
            batch_size=None,
            sampler=self._plan,  # an index is the rows of a batch
            num_workers=self._workers,
            collate_fn=_as_it_is,
            pin_memory=self._pin,
            generator=torch.Generator(),  # or it would draw from the one that blocks such as dropout draw from
            **options,
        )


@dataclass(frozen=True)
class Refused:
    """What stands in the place of a batch that cannot be had: an exception would come with two tracebacks of text."""

    problems: tuple[str, ...]


class _Stacking(Dataset):
    """What a process does: the rows of a batch -> its samples, stacked in shared memory."""

    def __init__(self, samples: Samples, split: str) -> None:
        self._samples, self._split = samples, split

    def __getitem__(self, rows: list[int]) -> Stacked | Refused:
        samples: list[Sample] = []
        for row in rows:
            try:
                samples.append(self._samples.read(row))
            except UserError as error:
                return Refused(error.problems)
            except Exception as error:  # whatever a data set raises is told by the process that waits for the batch
                return Refused((f"sample {row} of the {self._split} split cannot be read: {_told(error)}",))
        shapes = [_shapes(sample) for sample in samples]
        for row, shape in zip(rows, shapes, strict=True):
            if shape != shapes[0]:
                problem = f"sample {row} of the {self._split} split is {shape}, sample {rows[0]} is {shapes[0]}"
                return Refused((f"{problem}; want all samples alike: crop or resize them to one size",))
        images = default_collate([_plain(sample.image) for sample in samples])
        names = samples[0].targets
        return images, {name: default_collate([_plain(each.targets[name]) for each in samples]) for name in names}


def _shapes(sample: Sample) -> str:
    arrays = {"image": sample.image, **sample.targets}
    return ", ".join(f"{name} {array.dtype} {array.shape}" for name, array in arrays.items())


def _plain(array: np.ndarray) -> np.ndarray:
    """As torch takes it: neither read-only nor mirrored."""
    return np.require(array, requirements=["C", "W"])


def _as_it_is(batch: Any) -> Any:
    return batch


def _begin(number: int) -> None:
    """Ctrl-C is answered by the process that trains; when that one ends, killed or not, this one does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _lost(split: str, error: Exception) -> str:
    told = " ".join(str(error).split())
    return (
        f"a process that reads the {split} split was lost ({type(error).__name__}: {told}): it was killed, or memory "
        "ran out, shared memory (/dev/shm) too; try fewer data.loading.workers (0 reads in the process that trains), "
        "or a smaller trainer.batch_size"
    )


def _told(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    told = (str(error).splitlines() or ["no message"])[0]
    return f"{type(error).__name__}: {told} ({Path(last.filename).name}:{last.lineno})"
