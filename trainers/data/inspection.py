"""What can be told of a split of files before training: every count, and a few samples read whole."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from spaces.errors import DataError
from trainers.data.contents import spread
from trainers.data.folder_samples import FolderSamples
from trainers.data.folder_spec import Files
from trainers.data.listing import Row, existing, globbed

MOST = 16
"""Samples of a split that are read before a search, evenly spread."""
SHOWN = 3
"""Names in a message."""


def counted(
    root: Path,
    split: str,
    rows: Sequence[Row],
    files: Mapping[str, Files],
    names: Sequence[str],
    known: Collection[Row],
) -> list[str]:
    """Samples without files, and files without samples.

    Args:
        root: the folder.
        split: ours, for messages.
        rows: the samples.
        files: by use, such as "task 'depth'".
        names: the set's own names of the split whose every file should belong to a sample; none where a list says what
            counts, for then other files are right.
        known: samples of all splits.
    """
    problems = []
    for use, each in files.items():
        paths = (existing(root, each.patterns, row) for row in rows)
        absent = [path for path in paths if not os.path.isfile(f"{root}/{path}")]
        if absent:
            problems.append(
                f"{root}: {split}: {len(rows)} samples, but {len(rows) - len(absent)} files for {use}: no "
                f"{_some(absent)}; every sample needs one, so copy them there, or take the samples out"
            )
        found = {row for name in names for pattern in each.patterns for row in globbed(root, pattern, name)}
        if extra := sorted(row.id for row in found.difference(known)):
            problems.append(
                f"{root}: {split}: {len(found)} files for {use}: no image for "
                f"{_some(extra)}; copy the images there, or take the files out"
            )
    return problems


def looked_at(samples: FolderSamples) -> list[str]:
    """What is wrong with a few samples of a split; for each task the first that is.

    A sample may have nothing valid in it, but not all that are looked at.
    """
    indices = spread(len(samples), MOST)
    problems: dict[str, list[str]] = {}
    empty: dict[str, list[str]] = {task.name: [] for task, _ in samples.files}
    for index in indices:
        try:
            image = samples.stored_image(index)
        except DataError as error:
            problems.setdefault("", list(error.problems))
            continue
        for task, _ in samples.files:
            if task.name in problems:
                continue
            try:
                samples.target(index, task, image, alone=True)
                continue
            except DataError as error:
                reason = error.problems
            try:
                samples.target(index, task, image, alone=False)
                empty[task.name] += reason
            except DataError as error:
                problems[task.name] = list(error.problems)
    for name, reasons in empty.items():
        if name not in problems and len(reasons) == len(indices):
            more = f" (so are all {len(indices)} looked at)" if len(indices) > 1 else ""
            problems[name] = [f"{reasons[0]}{more}"]
    return [text for texts in problems.values() for text in texts]


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
