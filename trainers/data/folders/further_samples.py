"""More files of a task, where those looked at before a search lack something that others may have."""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np

from spaces.errors import DataError
from trainers.data.folders.id_advice import list_values, mend_one_class
from trainers.data.folders.samples import FolderSamples
from trainers.tasks import Task
from trainers.tasks.class_ids import INVALID, Classed, find_only
from trainers.tasks.decoding import in_parts

FURTHER = 4096
"""Files of a task that are looked at before it is refused for what they lack; those come first that hold most bytes,
for what compresses worst is least likely empty. Files of one size are all looked at, for they are not compressed."""
BYTES = 2**33
"""That are read of them: our choice, half a minute from a disk of 300 MB a second; 20,000 masks of 640x640 pixels."""


def look_for_any(samples: FolderSamples, looked: Sequence[int], task: Task, reason: str, training: bool) -> list[str]:
    """What is wrong with a task of which nothing was seen, or nothing where another file has something."""
    for index in _unlike(samples, looked, task):
        try:
            raw, where = samples.stored(index, task)
            with in_parts():
                task.decode(raw[None], where)
        except DataError as error:
            return list(error.problems)
        try:
            task.decode(raw[None], where)
        except DataError:
            continue
        return []
    also = f" (so are {_count(samples, looked, task)} looked at)" if len(samples) > 1 else ""
    why = "" if training else "; a split without any tells nothing: give it samples with some (splits, held_out)"
    return [f"{reason}{also}{why}"]


def look_for_second(samples: FolderSamples, looked: Sequence[int], task: Task, classes: set[int]) -> list[str]:
    """What is wrong with a task of which one class was seen, or nothing where another file has a second."""
    assert isinstance(task, Classed)
    for index in _unlike(samples, looked, task):
        try:
            raw, where = samples.stored(index, task)
            with in_parts():
                target = task.decode(raw[None], where)
        except DataError as error:
            return list(error.problems)
        if set(np.unique(target[target != INVALID]).tolist()) - classes:
            return []
    return [_explain_one_class(samples, looked, task, *classes)]


def _explain_one_class(samples: FolderSamples, looked: Sequence[int], task: Classed, only: int) -> str:
    """What is said of a task whose every pixel is of one class."""
    assert isinstance(task, Task)
    where = samples.stored(looked[0], task)[1]
    stored = list_values([samples.stored(index, task)[0] for index in looked])
    shown = ", ".join(f"{value:g}" for value in stored[:8]) + (", ..." if len(stored) > 8 else "")
    mend = mend_one_class(stored, task, "files", mapped=bool(dict(samples.files)[task].map))
    return (
        f"{where}: {task.place}s of one class alone, {find_only(task, np.array([only]))}, in this file and "
        f"{_count(samples, looked, task)} looked at, so that there is nothing to learn (values {shown}; invalid: "
        f"{list(task.invalid)}); {mend}"
    )


def _count(samples: FolderSamples, looked: Sequence[int], task: Task) -> str:
    """How many are looked at before a task is refused."""
    order, _ = _order(samples, looked, task)
    some = len(looked) + len(order)
    if some < len(samples):
        return f"{some} of {len(samples)}"
    return f"all {some}" if some <= FURTHER else f"more than {FURTHER}"


def _order(samples: FolderSamples, looked: Sequence[int], task: Task) -> tuple[list[int], list[int]]:
    """Further samples, the largest files first, as many as may be read, and their sizes."""
    sizes = {}
    for index in range(len(samples)):
        try:
            sizes[index] = os.stat(samples.target_path(index, task)).st_size
        except OSError:
            sizes[index] = 0  # told when it is read
    order = sorted(sizes.keys() - set(looked), key=lambda index: -sizes[index])
    read = list(accumulate(sizes[index] for index in order))
    kept = bisect_right(read, BYTES)
    return order[:kept], [sizes[index] for index in order[:kept]]


def _unlike(samples: FolderSamples, looked: Sequence[int], task: Task) -> Iterator[int]:
    """Further samples whose files differ from all before, the largest files first."""
    order, sizes = _order(samples, looked, task)
    known: dict[bytes, None] = {}
    last = {len(content): content for index in looked if (content := _read(samples, index, task))}
    for content in last.values():
        known[_digest(content)] = None
    number = 0
    for index, size in zip(order, sizes, strict=True):
        if number >= FURTHER and size < sizes[0]:
            return
        content = _read(samples, index, task)
        # Empty masks of one size are the same bytes, and need no decoding; to compare is quicker than to digest.
        if content == last.get(len(content)) or (digest := _digest(content)) in known:
            continue
        known[digest], last[len(content)] = None, content
        number += 1
        yield index


def _read(samples: FolderSamples, index: int, task: Task) -> bytes:
    try:
        return samples.target_path(index, task).read_bytes()
    except OSError:
        return b""


def _digest(content: bytes) -> bytes:
    """Names what a file holds."""
    return hashlib.blake2b(content, digest_size=16).digest()
