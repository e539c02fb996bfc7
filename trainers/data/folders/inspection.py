"""What can be told of splits of files before any is opened: what they share, and every count."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path

from trainers.data.folders.left_out import mend_suffix
from trainers.data.folders.listing import Row, find_existing, glob_rows
from trainers.data.folders.names import same_name, show_bytes
from trainers.data.specs.files import Files
from trainers.data.specs.folder_spec import FolderSpec
from trainers.data.splits.arrays import FEWEST_TO_TRAIN

SHOWN = 3
"""Names in a message."""
LONGEST = 200
"""Letters of a name in a message: lines of files that are no lists are longer."""


def count_files(
    root: Path,
    split: str,
    rows: Sequence[Row],
    files: Mapping[str, Files],
    names: Sequence[str],
    known: Collection[Row],
    every: Sequence[str] = (),
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
        every: patterns of all uses; what fits one that says more belongs to that.
    """
    problems = []
    same = {(row.split, same_name(row.id)) for row in known if not row.id.isascii()}
    for use, each in files.items():
        paths = (find_existing(root, each.patterns, row) for row in rows)
        absent = [path for path in paths if not os.path.isfile(f"{root}/{path}")]
        if absent:
            dead = sum(os.path.islink(f"{root}/{path}") for path in absent)
            verb = "is a link" if dead == 1 else "are links"
            linked = f" ({dead} of them {verb} to what is not there)" if dead else ""
            mend = mend_suffix(root, each.patterns, absent, "files" if use.startswith("task") else "image")
            problems.append(
                f"{root}: {split}: {len(rows)} samples, but {len(rows) - len(absent)} files for {use}: no "
                f"{_some(absent)}{linked}; every sample needs one, so {mend}copy them there, or take the samples out"
            )
        rivals = [pattern for pattern in every if pattern not in each.patterns]
        found = {row for name in names for pattern in each.patterns for row in glob_rows(root, pattern, name, rivals)}
        if extra := sorted(row.id for row in found.difference(known) if (row.split, same_name(row.id)) not in same):
            problems.append(
                f"{root}: {split}: {len(found)} files for {use}: no image for "
                f"{_some(extra)}; copy the images there, or take the files out"
            )
    return problems


def find_repeated(root: Path, splits: Mapping[str, Sequence[Row]], spec: FolderSpec, file: Path) -> list[str]:
    """Images that are in two splits, or twice in one; by their paths, for nothing is opened.

    Args:
        root: the folder.
        splits: samples by our split, before any are held out.
        spec: where they come from.
        file: of the specification, for messages.
    """
    owners: dict[str, tuple[str, Row]] = {}
    clashes: dict[tuple[str, str], dict[str, tuple[Row, Row]]] = {}
    for split, rows in splits.items():
        for row in rows:
            path = os.path.normpath(find_existing(root, spec.image.patterns, row))
            if path not in owners:
                owners[path] = (split, row)
                continue
            owner, first = owners[path]
            clashes.setdefault((owner, split), {}).setdefault(path, (first, row))
    problems = []
    for (one, other), found in clashes.items():
        place, why = f"in {one} and in {other}", "results would be told on what was trained on or chosen by"
        if one == other:
            place, why = f"twice in {one}", "such would count double"
        many = len(found) > 1
        mend = _apart(list(found.values()), one == other, "them" if many else "it", spec, file)
        problems.append(f"{root}: {_images(len(found))} {place}: {_some(list(found))}; {why}; {mend}")
    return problems


def find_too_few(
    root: Path, names: Iterable[str], found: int, splits: Mapping[str, int], share: float, file: Path
) -> str:
    """What is said where hardly anything is left to train on, since images are held out.

    Args:
        root: the folder.
        names: the set's own of the training split.
        found: images in it.
        splits: how many are held out of it, by our split.
        share: of the images, that is held out for each.
        file: of the specification.
    """
    held = sum(splits.values())
    shown = " and ".join(f"{number} for {split}" for split, number in splits.items() if number)
    need = next(n for n in count(1) if n - len(splits) * max(1, round(share * n)) >= FEWEST_TO_TRAIN)
    where = ", ".join(name for name in names if name)
    things = "a folder or list" if len(splits) == 1 else "folders or lists"
    return (
        f"{root}: {_images(found)} found{f' in {where}' if where else ''}, of which {shown} "
        f"{'are' if held > 1 else 'is'} held out, which leaves {found - held} to train on; want at least "
        f"{FEWEST_TO_TRAIN}, for batch normalisation compares the images of a batch; add images, {need} at least, or "
        f"name {things} of {' and '.join(splits)} under splits in {file}"
    )


def _apart(pairs: Sequence[tuple[Row, Row]], alike: bool, them: str, spec: FolderSpec, file: Path) -> str:
    """How images come to be in one split, once.

    Args:
        pairs: samples with one image.
        alike: whether they are in one split.
        them: the images.
        spec: where they come from.
        file: of the specification.
    """
    if spec.lists is not None:
        lists = list(dict.fromkeys(spec.lists.replace("{split}", row.split) for pair in pairs for row in pair))
        if len(lists) > 1:
            return f"take {them} out of {' or '.join(lists[:SHOWN])}"
        if alike:
            return f"name {them} once in {lists[0]}"
        if lists[0].endswith(".json"):
            return f"name {them} in one list alone of {lists[0]}, a mapping from names of splits to lists"
        return f"write {{split}} into lists in {file}"
    parts = list(dict.fromkeys(row.split for pair in pairs for row in pair))
    if alike:
        if isinstance(spec.splits, str) and all(first.split == second.split for first, second in pairs):
            return f"give {_some(parts)} one line alone in {spec.splits}"
        return f"mend image or splits in {file}, so that every file fits one pattern and one name"
    if not any("{split}" in pattern for pattern in spec.image.patterns):
        return f"write {{split}} into image in {file}, or leave splits out"
    if isinstance(spec.splits, str):
        return f"mark {_some(parts)} in one column alone of {spec.splits}"
    return f"mend image or splits in {file}, so that no file fits two splits"


def _images(count: int) -> str:
    return f"{count} images" if count > 1 else f"{count} image"


def _some(names: Sequence[str]) -> str:
    shown = [show_bytes(name if len(name) <= LONGEST else f"{name[:LONGEST]}...") for name in names[:SHOWN]]
    return ", ".join(shown) + (", ..." if len(names) > SHOWN else "")
