"""What to know of files that are right, or may be: told before a search, refused nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from spaces.errors import DataError
from trainers.data.folders.palettes import find_palettes, read_heads
from trainers.data.folders.samples import FolderSamples
from trainers.data.formats.files import read_array
from trainers.data.formats.heads import Head, read_head
from trainers.data.specs.bounds import mark_raw
from trainers.data.specs.mapping import moves_bounds
from trainers.data.splits.fingerprint import spread
from trainers.tasks import Normals, Task

MOST = 64
"""Images of a split whose heads are read; targets' are read by thousands, for palettes."""
FEW = 16
"""Targets of a split that are read whole."""
TIFF = (".tif", ".tiff")
"""Whose targets once were turned as EXIF says."""
FEWEST = 4
"""Those that are read for a fingerprint."""


def remark_samples(splits: Mapping[str, FolderSamples]) -> list[str]:
    """A sentence for each thing to know."""
    notes = _remark_images(list(splits.values()))
    for task, _ in next(iter(splits.values())).files:
        heads = read_heads(splits.values(), task)
        notes += find_palettes(heads, task).notes
        notes += _remark_heads(task, heads)
        notes += [remark.text for samples in splits.values() for remark in samples.tell(task, MOST)]
        raws = []
        for samples in splits.values():
            for index in spread(len(samples), FEW):
                try:
                    raws.append(samples.stored(index, task)[0][None])
                except DataError:
                    continue  # told when it is trained on
        notes += task.remark(raws)
    return notes


def list_changes(splits: Sequence[FolderSamples]) -> list[str]:
    """In what some of these data are read otherwise than they once were, so that old results are not taken for theirs.

    Of the data of which they never were wrong, nothing.
    """
    changes = set()
    for samples in splits:
        upright = samples.image.orientation is None
        if upright and any(head.orientation > 1 for head in _image_heads(samples).values()):
            changes.add("images turned upright")
        for task, files in samples.files:
            paths = [samples.target_path(index, task) for index in spread(len(samples), FEW if files.plainly else 0)]
            stored = {path: head for path in paths if (head := read_head(path))}
            changes.update(remark.change for remark in samples.tell(task, MOST) if remark.change)
            if any(head.grey.bits < 8 for head in stored.values()):
                changes.add(f"few bits of {task.name} as they are stored")
            if any(head.grey.inverted for head in stored.values()):
                changes.add(f"inverted grey of {task.name} as it is stored")
            if any(head.grey.swapped or _is_other(path, head) for path, head in stored.items()):
                changes.add(f"numbers of {task.name} as they are stored")
            if any(head.orientation > 1 and path.suffix.lower() in TIFF for path, head in stored.items()):
                changes.add(f"{task.name} as it is stored")
            if moves_bounds(files, task):
                changes.add(f"bounds of {task.name} on stored ids")
            for index in spread(len(samples), FEWEST if isinstance(task, Normals) or files.valid else 0):
                try:
                    raw = files.raw(samples.target_path(index, task))
                    if isinstance(task, Normals) and task.remark([raw[None]]):
                        changes.add(f"short vectors of {task.name} missing")
                    if mark_raw(raw, files.valid, task).dtype != raw.dtype:
                        changes.add(f"marker of {task.name} in a wider type")
                except DataError:
                    continue  # told when it is looked at
    return sorted(changes)


def _image_heads(samples: FolderSamples) -> dict[Path, Head]:
    if not samples.image.plainly:
        return {}
    paths = [samples.image_path(index) for index in spread(len(samples), MOST)]
    return {path: head for path in paths if (head := read_head(path))}


def _remark_images(splits: Sequence[FolderSamples]) -> list[str]:
    heads = {path: head for samples in splits for path, head in _image_heads(samples).items()}
    notes = []
    turned = [path for path, head in heads.items() if head.orientation > 1]
    if turned and splits[0].image.orientation is None:
        notes.append(
            f"{_share('images', turned, heads)} are turned upright as their EXIF orientation says; targets are read as "
            "they are stored: see in the picture that they fit, and say image: {files: PATTERN, orientation: stored} "
            "where targets belong to the pixels as stored"
        )
    if cut := [path for path, head in heads.items() if head.cut]:
        notes.append(f"{_share('images', cut, heads)} have 16 bits a channel, of which the upper 8 are read")
    if printed := [path for path, head in heads.items() if head.mode == "CMYK"]:
        notes.append(
            f"{_share('images', printed, heads)} have the colours of print (CMYK); they are brought to RGB without "
            "their colour profile"
        )
    return notes


def _remark_heads(task: Task, heads: Mapping[Path, Head]) -> list[str]:
    notes = []
    if lossy := [path for path, head in heads.items() if head.lossy]:
        kinds = ", ".join(sorted({heads[path].lossy for path in lossy}))
        notes.append(
            f"task {task.name!r}: {_share('files', lossy, heads)} are lossy ({kinds}): beside every edge there are "
            f"values that nobody drew, {_count_values(lossy[0])} different ones in {lossy[0]}, and markers of what is "
            "missing become others; draw or export them anew as .png or .npy (lossless WebP does, too)"
        )
    if turned_round := [path for path, head in heads.items() if head.grey.inverted]:
        notes.append(
            f"task {task.name!r}: {_share('files', turned_round, heads)} say that 0 is white, and are read as the "
            "numbers that are stored; viewers show them turned round"
        )
    if few := [path for path, head in heads.items() if head.grey.bits < 8]:
        bits = heads[few[0]].grey.bits
        notes.append(
            f"task {task.name!r}: {_share('files', few, heads)} have {bits} bits a pixel, which are read as the "
            f"numbers 0..{2**bits - 1} that are stored; viewers show them stretched to 0..255"
        )
    if turned := [path for path, head in heads.items() if head.orientation > 1]:
        notes.append(
            f"task {task.name!r}: {_share('files', turned, heads)} have an EXIF orientation; targets are read as they "
            "are stored: see in the picture that they fit"
        )
    return notes


def _share(what: str, some: Sequence[Path], heads: Mapping[Path, Head]) -> str:
    return f"{len(some)} of {len(heads)} {what} looked at, such as {some[0]},"


def _is_other(path: Path, head: Head) -> bool:
    """Whether a file holds numbers that once were taken for others of as many bits."""
    try:
        return head.grey.kind != "" and read_array(path).dtype == np.dtype(head.grey.kind)
    except DataError:
        return False


def _count_values(path: Path) -> int:
    try:
        return len(np.unique(read_array(path)))
    except DataError:
        return 0
