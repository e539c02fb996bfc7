"""Worker processes that read and stack samples, by torch's DataLoader; whatever goes wrong there is one message here.

Processes come from a fork server, which has neither threads nor a CUDA context of the training, and end with the
process that they read for, however that ends.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import torch
from torch.utils.data import DataLoader

from spaces.common.machine_faults import MachineError
from trainers.batches.reading_process import Refused, Stacking, Written, describe_shapes, read_sample, settle
from trainers.batches.ring import Ring, Stacked
from trainers.data.splits.samples import Samples

METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
AHEAD = 2
"""Batches that each process has read or is about to."""
LESS = "try fewer data.loading.workers (0 reads in the process that trains), or a smaller trainer.batch_size"


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
        self._plan: list[tuple[int, list[int]]] = []
        self._only: tuple[str, ...] | None = None
        self._started: tuple[Ring, DataLoader] | None = None
        self._size = self._places = 0
        self._passes = 0

    def read(self, plan: Sequence[Sequence[int]], only: tuple[str, ...]) -> Iterator[Stacked]:
        """One pass; a batch holds until the next one is asked for.

        Args:
            plan: rows of every batch.
            only: names of the tasks whose targets are wanted.

        Raises:
            DataError: a sample cannot be read; the processes are ended.
            MachineError: the machine is to blame for that, a process was lost, or there is too little memory; likewise.
            RuntimeError: another pass has begun meanwhile.
        """
        largest = max(map(len, plan), default=0)
        # Of all batches that are ahead, and the one that is being used.
        places = max(1, min(self._workers * AHEAD + 1, len(plan)))
        if self._started is None or self._only != only or largest > self._size or places > self._places:
            self.close()
            self._size, self._places = largest, places
            self._started, self._only = self._start(self._opening(only)), only
        ring, loader = self._started
        self._passes += 1
        this = self._passes
        self._plan[:] = [(number % self._places, list(rows)) for number, rows in enumerate(plan)]
        batches: Iterator[Written | Stacked | Refused] = iter(())
        for number in range(len(plan)):
            if this != self._passes:
                raise RuntimeError("another pass over these samples has begun; end one before the next")
            try:
                batches = batches if number else iter(loader)  # a process may be lost between passes, too
                found = next(batches)
            except (RuntimeError, OSError, EOFError) as error:  # samples are read where nothing is raised
                self.close()
                raise MachineError(_lost(self._split, error)) from error
            if isinstance(found, Refused):
                self.close()
                raise found.error
            yield ring.batch(*found) if isinstance(found, Written) else found

    def close(self) -> None:
        """End the processes; the next pass begins new ones."""
        self._started = self._only = None

    def _start(self, samples: Samples) -> tuple[Ring, DataLoader]:
        options: dict[str, Any] = {}
        first = read_sample(samples, 0, self._split)
        if isinstance(first, Refused):
            raise first.error
        try:
            ring = Ring(first, self._places, self._size)
            if self._workers:
                ring.share()
        except RuntimeError as error:
            kind = "shared memory (/dev/shm)" if self._workers else "memory"
            wanted = f"{self._places} batches of {self._size} samples of the {self._split} split"
            raise MachineError(f"too little {kind} for {wanted} ({_line(error)}); {LESS}") from error
        if self._workers:
            context = multiprocessing.get_context(METHOD)
            context.set_forkserver_preload(["torch"])  # once, not once a process
            options = {
                "multiprocessing_context": context,
                "prefetch_factor": AHEAD,
                "persistent_workers": True,
                "worker_init_fn": settle,
            }
        loader = DataLoader(
            Stacking(samples, self._split, describe_shapes(first), ring),  # an item is a batch
            batch_size=None,
            sampler=self._plan,  # an index is the place and the rows of a batch
            num_workers=self._workers,
            collate_fn=partial(_views, ring) if self._pin else _as_it_is,
            pin_memory=self._pin,
            generator=torch.Generator(),  # or it would draw from the one that blocks such as dropout draw from
            **options,
        )
        return ring, loader


def _as_it_is(batch: Any) -> Any:  # DataLoader takes a batch for a list
    return batch


def _views(ring: Ring, batch: Written | Refused) -> Stacked | Refused:
    """Tensors, which DataLoader copies to page-locked memory on their way."""
    return batch if isinstance(batch, Refused) else ring.batch(*batch)


def _lost(split: str, error: Exception) -> str:
    return (
        f"a process that reads the {split} split was lost ({type(error).__name__}: {_line(error)}): it was killed, or "
        f"memory ran out, shared memory (/dev/shm) too; {LESS}"
    )


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
