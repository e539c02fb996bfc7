"""Splits that no specification names: whether they are there, or lie under another name than train, val and test."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from trainers.data.exports.headers import LIKELY, match_splits
from trainers.data.folders.listing import list_files
from trainers.data.folders.names import is_left_by_machines
from trainers.data.formats.files import readable
from trainers.data.formats.texts import read_text
from trainers.data.specs.folder_spec import FolderSpec

PACKED = re.compile(r"\.(zip|rar|7z|tar|tgz|tbz2?|txz|(tar\.)?(gz|bz2|xz|zst|lz4))$", re.IGNORECASE)


def is_absent(root: Path, spec: FolderSpec, split: str) -> bool:
    """Whether there is nothing of a split: no list of it, or no file in its folders, be it image or target."""
    if spec.lists is not None:
        return split not in _lists(root, spec.lists, split)
    return not any(_folders(root, pattern, split) for pattern in spec.patterns)


def find_likely(root: Path, spec: FolderSpec, splits: Sequence[str]) -> dict[str, str]:
    """By split, another name under which there is something that seems to be it.

    Where train is there, only what has numbers or strokes around a usual name seems so, for it may be left out rightly.
    """
    found = find_names(root, spec) - {split for split in LIKELY if split not in splits}
    likely = match_splits(found - set(LIKELY), in_part="train" in splits)
    return {split: likely[split] for split in splits if split in likely}


def find_names(root: Path, spec: FolderSpec) -> set[str]:
    """What ``{split}`` stands for in the lists, or in the images, that are there."""
    if spec.lists is not None:
        return _lists(root, spec.lists)
    return {name for pattern in spec.image.patterns for name in _folders(root, pattern)}


def find_archives(root: Path) -> list[str]:
    """Packed files in the root and the folders in it, which nothing looks into."""
    folders = [root, *(each for each in root.iterdir() if each.is_dir())] if root.is_dir() else []
    packed = [path for folder in folders for path in folder.iterdir() if PACKED.search(path.name)]
    return sorted(path.relative_to(root).as_posix() for path in packed if path.is_file())


def _lists(root: Path, pattern: str, split: str | None = None) -> set[str]:
    """Names of the splits that have a list, all of them or the one that is asked for."""
    if "{split}" in pattern or not pattern.lower().endswith(".json") or not (root / pattern).is_file():
        return _folders(root, pattern, split)
    with readable(root / pattern):
        content = json.loads(read_text(root / pattern))
    if not isinstance(content, dict):
        return set(LIKELY)
    # A file of COCO's form has one set of samples.
    return {"train"} if isinstance(content.get("images"), list) else set(content)


def _folders(root: Path, pattern: str, split: str | None = None) -> set[str]:
    """What ``{split}`` stands for in names of files, and of folders that have some, or the one that is asked for."""
    place, found, rest = pattern.partition("{split}")
    folder, _, before = place.rpartition("/")
    after, further, _ = rest.partition("/")
    if not found or not (root / folder).is_dir():
        return set()
    name = "(?P<split>.+?)" if split is None else f"(?P<split>{re.escape(split)})"
    fits = re.compile(re.escape(before) + name + ".+".join(map(re.escape, after.split("{id}"))))
    names = set()
    for entry in (root / folder).iterdir():
        match = fits.fullmatch(entry.name)
        if match and not is_left_by_machines(match["split"], before, after) and (not further or _has_files(entry)):
            names.add(match["split"])
    return names


def _has_files(folder: Path) -> bool:
    return any(not is_left_by_machines(name, "", "") for name in list_files(folder, folder))
