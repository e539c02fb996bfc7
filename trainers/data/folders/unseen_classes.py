"""Classes that no target of any split has, so that nothing of them is learnt, nor measured."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest

import numpy as np

from spaces.common.cores import count_cores
from spaces.common.formatting import format_list
from spaces.errors import DataError
from trainers.data.folders.id_advice import list_ids
from trainers.data.folders.samples import FolderSamples
from trainers.data.splits.fingerprint import spread
from trainers.tasks import Task
from trainers.tasks.class_ids import Classed, name_class

MOST = 20_000
"""Files of a task that are read until all classes are seen."""
MOST_DRAWN = 1024
"""Those among them that are drawn from outlines, a millisecond each and more."""
SURFACE = 2**28
"""Pixels that are read of them: our choice, a few seconds on one core; 10,000 masks of 160x160."""
AT_ONCE = 64
SHOWN = 8
Place = tuple[FolderSamples, int]


def find_unseen(splits: Mapping[str, FolderSamples]) -> list[str]:
    """What to tell of classes that are in no file; files are read until all classes are seen, or enough are read."""
    notes = []
    for task, files in next(iter(splits.values())).files:
        if isinstance(task, Classed):
            most = MOST_DRAWN if files.read and task.dense else MOST
            unseen, looked = _look(list(splits.values()), task, most)
            total = sum(map(len, splits.values()))
            notes += tell_unseen(task, unseen, f"none of {looked} of {total} files looked at" if looked < total else "")
    return notes


def tell_unseen(task: Task, unseen: Collection[int], where: str = "") -> list[str]:
    """A sentence on classes that were not seen, if there are some.

    Args:
        task: whose they are.
        unseen: canonical ids.
        where: they are not, as far as not all was looked at.
    """
    assert isinstance(task, Classed)
    if not unseen:
        return []
    named = [name_class(task.classes, np.array(one)) for one in sorted(unseen)]
    shown = [
        f"{one + task.first_class} ({name})" if isinstance(task.classes, tuple) else f"{one + task.first_class}"
        for one, name in zip(sorted(unseen), named, strict=True)
    ]
    classes, them = ("class", "it") if len(shown) == 1 else ("classes", "them")
    be = "is" if len(shown) == 1 else "are"
    return [
        f"task {task.name!r}: {classes} {format_list(shown, SHOWN)} {be} in {where or 'no target of any split'}, so "
        f"that nothing of {them} is learnt or measured; see that classes, first_class and map are what the targets have"
    ]


def _look(splits: Sequence[FolderSamples], task: Task, most: int) -> tuple[set[int], int]:
    """Canonical ids that were not seen, and how many files were looked at."""
    assert isinstance(task, Classed)
    unseen, looked, surface = set(range(task.channels)), 0, 0
    places = list(_order(splits, most))
    with ThreadPoolExecutor(count_cores()) as pool:
        for start in range(0, len(places), AT_ONCE):
            for ids, size in pool.map(lambda place: _read(place, task), places[start : start + AT_ONCE]):
                unseen -= ids
                surface += size
                looked += 1
            if not unseen or surface > SURFACE:
                break
    return unseen, looked


def _order(splits: Sequence[FolderSamples], most: int) -> Iterator[Place]:
    """Samples of all splits in turn; of each first some that are evenly spread, then those between."""
    each = [list(dict.fromkeys([*spread(len(samples), AT_ONCE), *range(len(samples))])) for samples in splits]
    rows = (zip(splits, row, strict=True) for row in zip_longest(*each))
    turns = ((samples, index) for row in rows for samples, index in row if index is not None)
    yield from (place for place, _ in zip(turns, range(most), strict=False))


def _read(place: Place, task: Task) -> tuple[set[int], int]:
    """Canonical ids in a file, and how many pixels it has; nothing of one that cannot be read."""
    assert isinstance(task, Classed)
    samples, index = place
    try:
        raw, _ = samples.stored(index, task)
    except DataError:  # told when it is trained on
        return set(), 0
    return {one - task.first_class for one in list_ids(raw, task)}, raw.size
