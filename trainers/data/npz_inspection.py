"""What is wrong with archives of arrays: as far as names, shapes and dtypes tell, and images that two of them share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from spaces.errors import DataError
from trainers.data.exports.headers import LIKELY, match_splits
from trainers.data.folders.id_advice import list_ids, mend_ids
from trainers.data.formats.archive import read_headers
from trainers.data.specs.spec import Spec
from trainers.data.splits.arrays import FEWEST_TO_TRAIN, image_problem, target_problem
from trainers.tasks import Task
from trainers.tasks.class_ids import Classed, find_fractions, tell_beyond
from trainers.tasks.decoding import describe_array
from trainers.tasks.states import find_seen
from trainers.tasks.valid_values import list_marks


def inspect_headers(path: Path, spec: Spec, tasks: Sequence[Task], *, training: bool) -> list[str]:
    """Compare an archive with a specification.

    Args:
        path: of the archive.
        spec: which arrays it should have.
        tasks: whose arrays are looked at.
        training: whether it is trained on, so that one image is too few.

    Returns:
        Every problem of the first stage that has any: names; shapes.
    """
    try:
        headers = read_headers(path)
    except DataError as error:
        other = _find_other_name(path)
        return [f"{path}: no such file, but {other}; rename it to {path.name}"] if other else list(error.problems)
    arrays = {spec.arrays[task.name]: f"task {task.name!r}" for task in tasks}
    arrays[spec.image] = "the images"
    problems = [
        f"{path}: no array {array!r} for {use}, the file has {', '.join(headers) or 'none'}; "
        "save it there, or name the right one in the specification"
        for array, use in arrays.items()
        if array not in headers
    ]
    problems += [
        f"{path}: array {array!r} holds Python objects, which are never loaded; save plain numbers"
        for array in arrays
        if array in headers and headers[array].dtype.hasobject
    ]
    if problems:
        return problems
    images = headers[spec.image]
    problem = image_problem(images.shape, images.dtype)
    if not problem and training and images.shape[0] < FEWEST_TO_TRAIN:
        problem = (
            f"{images.shape[0]} image to train on; want at least {FEWEST_TO_TRAIN}, for batch normalisation "
            "compares the images of a batch"
        )
    if problem:
        return [f"{path}: array {spec.image!r}: {problem}"]
    shapes = {task: headers[spec.arrays[task.name]].shape for task in tasks}
    found = ((t, target_problem(shape, images.shape, dense=t.dense)) for t, shape in shapes.items())
    return [f"{name_array(path, spec, task)}: {problem}" for task, problem in found if problem]


def _find_other_name(path: Path) -> str | None:
    """What the archive of a split is called, where it is not there under our name for it."""
    if path.exists() or not path.parent.is_dir():
        return None
    names = {each.stem: each.name for each in path.parent.iterdir() if each.suffix.lower() == ".npz"}
    found = match_splits([stem for stem in names if stem not in LIKELY]).get(path.stem)
    return None if found is None else names[found]


def find_equal(images: Mapping[str, np.ndarray], places: Mapping[str, Path]) -> list[str]:
    """Images that are in two splits, equal to the last bit.

    Args:
        images: ``(N, H, W, 3)`` by split.
        places: the archives, by split.
    """
    owners: dict[bytes, tuple[str, int]] = {}
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for split, array in images.items():
        for index, image in enumerate(array):
            owner, first = owners.setdefault(sha256(image.tobytes()).digest(), (split, index))
            if owner != split:
                found.setdefault((owner, split), []).append((first, index))
    return [
        f"{places[other]}: {len(pairs)} of its images {'are' if len(pairs) > 1 else 'is'} in {places[one].name}, too, "
        f"the first at {pairs[0][1]} and there at {pairs[0][0]}; results would be told on what was trained on or "
        "chosen by; keep one of each and take the other out"
        for (one, other), pairs in found.items()
    ]


def find_repeated(images: Mapping[str, np.ndarray], places: Mapping[str, Path]) -> list[str]:
    """What to tell of images that are in one split more than once; those of a single colour are left out.

    Args:
        images: ``(N, H, W, 3)`` by split.
        places: the archives, by split.
    """
    notes = []
    for split, array in images.items():
        owners: dict[bytes, int] = {}
        pairs = [
            (owners.setdefault(sha256(image.tobytes()).digest(), index), index) for index, image in enumerate(array)
        ]
        again = [(a, b) for a, b in pairs if a != b and (array[b] != array[b, :1, :1]).any()]
        if again:
            count, are = (f"{len(again)} images", "are copies") if len(again) > 1 else ("1 image", "is a copy")
            notes.append(
                f"{places[split]}: {count} {are} of others in it, the first at {again[0][1]} of that at {again[0][0]}; "
                "each counts as often as it is there, so take them out unless that is meant"
            )
    return notes


def explain_ids(task: Classed, raw: np.ndarray, every: Sequence[np.ndarray], where: str) -> list[str]:
    """What is wrong with ids of one array that have no class, and the line that gives one to those of all splits.

    Args:
        task: whose they are.
        raw: the array, as stored.
        every: those of all splits.
        where: names the array in messages.

    Returns:
        Nothing, where it is something else that is wrong.
    """
    ids = sorted({value for array in every for value in list_ids(array, task)})
    last = task.first_class + task.channels - 1
    beyond = [value for value in list_ids(raw, task) if not task.first_class <= value <= last]
    if not beyond or find_fractions(raw, task):
        return []
    marks = sorted({int(mark) for array in every for mark in find_seen(array, list_marks(task))})
    told = tell_beyond([value for value in ids if not task.first_class <= value <= last], task)
    return [f"{where}: {told} (given: {describe_array(raw)}); {mend_ids(ids, task, marks)}"]


def name_array(path: Path, spec: Spec, task: Task) -> str:
    """The array of a task, in messages."""
    return f"{path}: array {spec.arrays[task.name]!r} of task {task.name!r}"
