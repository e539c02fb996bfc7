"""A few samples of a split, read whole before a search; more of them where those few tell too little to refuse it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from spaces.errors import DataError
from trainers.data.folders.further_samples import look_for_any, look_for_second
from trainers.data.folders.id_advice import list_ids, mend_ids
from trainers.data.folders.samples import FolderSamples
from trainers.data.formats.heads import read_head
from trainers.data.splits.fingerprint import spread
from trainers.tasks import Task
from trainers.tasks.class_ids import INVALID, WHOLE, Classed, find_fractions, tell_beyond, tell_fractions
from trainers.tasks.decoding import LABELS, describe_array, one_layer
from trainers.tasks.edges import Edges
from trainers.tasks.states import find_seen, mend_states, tell_states
from trainers.tasks.valid_values import list_marks, marked

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


def inspect_samples(
    samples: FolderSamples, every: Sequence[FolderSamples] | None = None, *, training: bool
) -> list[str]:
    """What is wrong with a few samples of a split; for each task the first that is.

    A sample may have nothing valid in it, but not all; nor may all that is trained on be of one class.

    Args:
        samples: of the split.
        every: those of all splits, whose values are advised on; None for these alone.
        training: whether they are trained on.
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
            seen.problem = _explain(samples, every or [samples], task, seen.problem)
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


def _explain(samples: FolderSamples, every: Sequence[FolderSamples], task: Task, problem: list[str]) -> list[str]:
    """A problem, with what is known of the other files, those of other splits too."""
    lossy = _find_lossy(samples, task)
    plain = [text + _blame(lossy) for text in problem]
    if not isinstance(task, Classed | Edges) or dict(samples.files)[task].map:
        return plain
    if isinstance(task, Classed) and (odd := _find_fractions(samples, task)):
        return [odd]
    values, seen = _pool(every, task)
    where = next((place for place, beyond in _list_beyond(samples, task) if beyond), None)
    if where is None:  # it is another problem
        return plain
    if isinstance(task, Edges):
        told, mend = tell_states(values, task.states), mend_states(values, seen, task.states, task.invalid)
        return [f"{where.format(told)}; {mend}{_blame(lossy)}"]
    ids, marks = [int(value) for value in values], [int(mark) for mark in seen]
    told = where.format(tell_beyond([value for value in ids if _is_beyond(value, task)], task))
    if lossy and len(ids) > task.channels:
        return [told + _blame(lossy)]
    return [f"{told}; {mend_ids(ids, task, marks)}{_blame(lossy)}"]


def _find_fractions(samples: FolderSamples, task: Task) -> str:
    """What is said of ids that are no whole numbers, which no table of ids mends; "" where all are."""
    assert isinstance(task, Classed)
    for where, given, raw in _read_some(samples, task):
        if fractions := find_fractions(raw, task):
            return f"{where}: {tell_fractions(fractions)} (given: {given}); {WHOLE}"
    return ""


def _find_lossy(samples: FolderSamples, task: Task) -> str:
    """How files of a task were compressed with loss; "" where they were not."""
    if dict(samples.files)[task].read is not None:  # what is read may be no picture, and come from another file
        return ""
    paths = (samples.target_path(index, task) for index in spread(len(samples), MOST))
    return next((head.lossy for path in paths if (head := read_head(path))), "")


def _blame(lossy: str) -> str:
    """Where values that nobody drew may come from."""
    return f"; files are lossy ({lossy}), which makes values that nobody drew: save them as .png" if lossy else ""


def _pool(every: Sequence[FolderSamples], task: Task) -> tuple[list[float], list[float]]:
    """Values in some files of all splits that count, whole ones of classes, and the task's marks that are there."""
    values: set[float] = set()
    seen: set[float] = set()
    for samples in every:
        for _, _, raw in _read_some(samples, task):
            values |= _list_values(raw, task)
            seen.update(find_seen(raw, list_marks(task)))
    return sorted(values), sorted(seen)


def _list_beyond(samples: FolderSamples, task: Task) -> Iterator[tuple[str, bool]]:
    """What files are called, with room for what is wrong, and whether they hold values beyond those allowed."""
    for where, given, raw in _read_some(samples, task):
        beyond = any(_is_beyond(value, task) for value in _list_values(raw, task))
        yield f"{where}: {{}} (given: {given})", beyond


def _read_some(samples: FolderSamples, task: Task) -> Iterator[tuple[str, str, np.ndarray]]:
    """Names, looks and values of some files of a split, of those that can be read as one value a place."""
    for index in spread(len(samples), MOST):
        try:
            raw, where = samples.stored(index, task)
            yield where, describe_array(raw), one_layer(raw[None], where, LABELS) if task.dense else raw
        except DataError:
            continue


def _list_values(raw: np.ndarray, task: Task) -> set[float]:
    if isinstance(task, Classed):
        return set(list_ids(raw, task))
    return set(np.unique(raw[~marked(raw, list_marks(task))]).tolist())


def _is_beyond(value: float, task: Task) -> bool:
    if isinstance(task, Classed):
        return not task.first_class <= value < task.first_class + task.channels
    return value not in (0, 1) and isinstance(task, Edges) and task.threshold is None
