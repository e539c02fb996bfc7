"""Index colours of a task's files: whether one id is one colour in all of them, for ids are what is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spaces.errors import DataError
from trainers.data.folders.samples import FolderSamples
from trainers.data.formats.files import read_array
from trainers.data.formats.heads import Colour, Head, read_head
from trainers.data.splits.fingerprint import spread
from trainers.tasks import Task
from trainers.tasks.valid_values import list_marks

MOST_HEADS = 2048
"""Files of a split whose heads are read for a task, a tenth of a millisecond each."""
MOST_READ = 64
"""Files that are read whole for the ids in use, where palettes differ; their heads alone tell no colours apart that no
pixel has. Our choice."""


@dataclass(frozen=True)
class Palettes:
    """What palettes of one task tell.

    Args:
        problems: one id of two colours.
        notes: what may be right.
    """

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_heads(splits: Iterable[FolderSamples], task: Task) -> dict[Path, Head]:
    """Heads of a task's image files, some of every split; none where a function of one's own reads the files."""
    heads: dict[Path, Head] = {}
    for samples in splits:
        if dict(samples.files)[task].read is not None:
            continue
        for index in spread(len(samples), MOST_HEADS):
            path = samples.target_path(index, task)
            if head := read_head(path):
                heads[path] = head
    return heads


def find_palettes(heads: Mapping[Path, Head], task: Task) -> Palettes:
    """Compare the palettes of a task's files, by their heads."""
    coloured = {path: head.palette for path, head in heads.items() if head.palette}
    if not coloured:
        return Palettes()
    notes = []
    others = [path for path, head in heads.items() if not head.palette]
    if others and not all(_is_ramp(palette) for palette in set(coloured.values())):
        notes.append(
            f"task {task.name!r}: {len(coloured)} of {len(heads)} files looked at have a palette, such as "
            f"{next(iter(coloured))}, and others have none, such as {others[0]}; the numbers in both are read as ids: "
            "see that they mean the same"
        )
    marks = set(list_marks(task))
    first: dict[int, tuple[Colour, Path]] = {}
    for path in _choose(coloured):
        try:
            ids = np.unique(read_array(path)).tolist()
        except DataError:
            continue  # told when it is inspected
        for id in ids:
            if id in marks or id >= len(coloured[path]):
                continue
            colour, where = first.setdefault(id, (coloured[path][id], path))
            if colour != coloured[path][id]:
                return Palettes((_explain_two(task, id, (colour, where), (coloured[path][id], path)),), tuple(notes))
    same = _find_same({id: colour for id, (colour, _) in first.items()})
    if same:
        (one, other), colour = same
        notes.append(
            f"task {task.name!r}: ids {one} and {other} have one colour {colour} in the palette of {first[one][1]}: "
            "see that they are two classes"
        )
    return Palettes((), tuple(notes))


def _choose(coloured: dict[Path, tuple[Colour, ...]]) -> list[Path]:
    """Files to read: of every palette some, each palette once before any is read twice."""
    groups: dict[tuple[Colour, ...], list[Path]] = {}
    for path, palette in coloured.items():
        groups.setdefault(palette, []).append(path)
    each = max(1, min(8, MOST_READ // len(groups)))
    chosen = [paths[number] for number in range(each) for paths in groups.values() if number < len(paths)]
    return chosen[:MOST_READ]


def _explain_two(task: Task, id: int, one: tuple[Colour, Path], other: tuple[Colour, Path]) -> str:
    return (
        f"{other[1]} of task {task.name!r}: id {id} has colour {other[0]} in its palette, and {one[0]} in that of "
        f"{one[1]}, so one number would mean two things; save all files with one palette, or the ids as grey values"
    )


def _is_ramp(palette: Sequence[Colour]) -> bool:
    """Whether every id has the grey of its number."""
    return all(colour == (id, id, id) for id, colour in enumerate(palette))


def _find_same(colours: dict[int, Colour]) -> tuple[tuple[int, int], Colour] | None:
    """Two ids in use that have one colour."""
    owners: dict[Colour, int] = {}
    for id, colour in colours.items():
        if owners.setdefault(colour, id) != id:
            return (owners[colour], id), colour
    return None
