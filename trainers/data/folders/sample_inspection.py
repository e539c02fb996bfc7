"""A few samples of a split, read whole before a search; more of them where those few tell too little to refuse it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from spaces.errors import DataError
from trainers.data.folders.further_samples import look_for_any, look_for_second
from trainers.data.folders.id_advice import list_ids, mend_ids
from trainers.data.folders.samples import FolderSamples
from trainers.data.formats.heads import read_head
from trainers.data.splits.fingerprint import spread
from trainers.tasks import Task
from trainers.tasks.class_ids import INVALID, Classed, tell_beyond
from trainers.tasks.decoding import LABELS, describe_array, one_layer

MOST = 16
"""Samples of a split that are read before a search, evenly spread."""


@dataclass
class Found:
    """What was seen of one task in a split.

    Args:
        problem: what is wrong, once it is known.
        empty: what is wrong with each sample that would be right in a split with others.
        classes: canonical ids, of a kind with classes.
    """

    problem: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    classes: set[int] = field(default_factory=set)


def inspect_samples(samples: FolderSamples, *, training: bool) -> list[str]:
    """What is wrong with a few samples of a split; for each task the first that is.

    A sample may have nothing valid in it, but not all; nor may all that is trained on be of one class.
    """
    indices = spread(len(samples), MOST)
    images: list[str] = []
    found = {task.name: Found() for task, _ in samples.files}
    for index in indices:
        try:
            image = samples.stored_image(index)
        except DataError as error:
            images = images or list(error.problems)
            continue
        for task, _ in samples.files:
            if not found[task.name].problem:
                _look(samples, index, task, image, found[task.name])
    for task, _ in samples.files:
        seen = found[task.name]
        if seen.problem:
            seen.problem = _explain(samples, indices, task, seen.problem)
        elif len(seen.empty) == len(indices):
            seen.problem = look_for_any(samples, indices, task, seen.empty[0], training)
        elif training and isinstance(task, Classed) and len(seen.classes) == 1 and not images:
            seen.problem = look_for_second(samples, indices, task, seen.classes)
    return [text for texts in (images, *(each.problem for each in found.values())) for text in texts]


def _look(samples: FolderSamples, index: int, task: Task, image: np.ndarray, seen: Found) -> None:
    """Read the target of one sample."""
    try:
        target = samples.target(index, task, image, alone=True)
    except DataError as error:
        try:
            samples.target(index, task, image, alone=False)
            seen.empty += error.problems
        except DataError as worse:
            seen.problem = list(worse.problems)
        return
    if isinstance(task, Classed):
        seen.classes.update(np.unique(target[target != INVALID]).tolist())


def _explain(samples: FolderSamples, indices: Sequence[int], task: Task, problem: list[str]) -> list[str]:
    """A problem, with what is known of the other files."""
    ids: set[int] = set()
    first = None
    lossy = ""
    if dict(samples.files)[task].read is None:  # else what is read may be no picture, and come from another file
        lossy = next((head.lossy for index in indices if (head := read_head(samples.target_path(index, task)))), "")
    for index in indices:
        try:
            raw, where = samples.stored(index, task)
        except DataError:
            continue
        try:
            values = one_layer(raw[None], where, LABELS) if task.dense else raw
        except DataError:
            return [text + _blame(lossy) for text in problem]  # of its shape
        if not isinstance(task, Classed):
            continue
        here = list_ids(values, task)
        ids |= here
        if first is None and _beyond(here, task):
            first = f"{where}: {{}} (given: {describe_array(raw)})"
    if first is None or not isinstance(task, Classed) or dict(samples.files)[task].map:
        return [text + _blame(lossy) for text in problem]
    told = first.format(tell_beyond(_beyond(ids, task), task))
    if lossy and len(ids) > task.channels:
        return [told + _blame(lossy)]
    return [f"{told}; {mend_ids(sorted(ids), task)}{_blame(lossy)}"]


def _blame(lossy: str) -> str:
    """Where values that nobody drew may come from."""
    return f"; files are lossy ({lossy}), which makes values that nobody drew: save them as .png" if lossy else ""


def _beyond(ids: set[int], task: Classed) -> list[int]:
    return sorted(value for value in ids if not task.first_class <= value < task.first_class + task.channels)
