"""Images that are in two splits under two names: one file by links, copies of one content, one picture saved anew."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trainers.data.folders.listing import Row, find_existing
from trainers.data.folders.names import show_bytes
from trainers.data.folders.pixels import Look, look_at

BLOCK = 4096
"""Bytes that are read of files of one size, from the middle and from the end, before any is read whole."""
SHOWN = 3
"""Pairs in a message."""


@dataclass(frozen=True)
class Image:
    """One image of a split, by what can be told without opening it.

    Args:
        split: ours.
        name: its path inside the root.
        file: what names the file itself, whatever links lead to it.
        size: in bytes.
    """

    split: str
    name: str
    file: tuple[int, int] | str
    size: int


def find_copies(root: Path, splits: Mapping[str, Sequence[Row]], patterns: Sequence[str]) -> list[str]:
    """Images that several names of two splits, or of one, lead to; and those of two splits that show the same.

    The same is what is equal to the byte, or pixel by pixel as far as `look_at` looks.

    Copies of one content within a split are no mistake, and told by `find_repeats`. Nor are blank ones, such as tiles
    of the sea, of which any number is equal.

    Args:
        root: the folder.
        splits: samples by our split, those that are held out too.
        patterns: of the images.
    """
    images = [image for split, rows in splits.items() for image in _look(root, split, rows, patterns)]
    pairs = [pair for group in _alike(images, lambda image: image.file) for pair in _pair(group, within=True)]
    linked = {image.name for pair in pairs for image in pair}
    alike = _alike([image for image in images if image.name not in linked], lambda image: image.size)
    for key in (lambda image: _ends(root, image), lambda image: _whole(root, image)):
        alike = [group for each in alike if _several(each) for group in _alike(each, key)]
    pairs += [pair for group in alike for pair in _pair(group, within=False)]
    looks = look_at([(image.split, root / image.name) for image in images])
    pairs = [pair for pair in pairs if not _blank(root, pair, looks)]
    told = {image.name for pair in pairs for image in pair}
    seen = [image for image in images if image.name not in told and root / image.name in looks]
    groups = _alike(seen, lambda image: looks[root / image.name].digest)
    again = [pair for group in groups if _several(group) for pair in _pair(group, within=False)]
    again = [pair for pair in again if not _blank(root, pair, looks)]
    linked_or_equal = _tell(root, pairs, "as copies of the same content")
    return [*linked_or_equal, *_tell(root, again, "as one picture that was saved again, equal to the pixel")]


def find_repeats(root: Path, splits: Mapping[str, Sequence[Row]], patterns: Sequence[str]) -> list[str]:
    """What to tell of images that are copies of others in their own split, and count double; blank ones are none.

    Args:
        root: the folder.
        splits: samples by our split, those that are held out too.
        patterns: of the images.
    """
    images = [image for split, rows in splits.items() for image in _look(root, split, rows, patterns)]
    looks = look_at([(image.split, root / image.name) for image in images])
    names = {image.name: looks[root / image.name].digest for image in images if root / image.name in looks}
    apart = [image for image in images if image.name not in names]
    alike = _alike(images, lambda image: (image.split, image.size)) if apart else []
    for key in (lambda image: _ends(root, image), lambda image: _whole(root, image)):
        alike = [group for each in alike for group in _alike(each, key)]
    for group in alike:
        name = next((names[image.name] for image in group if image.name in names), _whole(root, group[0]))
        names |= dict.fromkeys((image.name for image in group), name)
    shown = [image for image in images if not ((look := looks.get(root / image.name)) and look.blank)]
    groups = _alike([each for each in shown if each.name in names], lambda each: (each.split, names[each.name]))
    notes = []
    for split in splits:
        pairs = [pair for group in groups if group[0].split == split for pair in _pair(group, within=True)]
        if pairs:
            count, are = (f"{len(pairs)} images", "are copies") if len(pairs) > 1 else ("1 image", "is a copy")
            some = ", ".join(f"{show_bytes(a.name)} = {show_bytes(b.name)}" for a, b in pairs[:SHOWN])
            more = ", ..." if len(pairs) > SHOWN else ""
            notes.append(
                f"{root}: {count} of {split} {are} of others in it: {some}{more}; each counts as often as it is there, "
                "so take them out unless that is meant"
            )
    return notes


def _blank(root: Path, pair: tuple[Image, Image], looks: Mapping[Path, Look]) -> bool:
    """Whether two files show nothing."""
    one, other = pair
    look = looks.get(root / other.name)
    return one.file != other.file and look is not None and look.blank


def _look(root: Path, split: str, rows: Sequence[Row], patterns: Sequence[str]) -> Iterable[Image]:
    for row in rows:
        name = find_existing(root, patterns, row)
        try:
            found = os.stat(f"{root}/{name}")
        except OSError:  # told where files are counted
            continue
        # Some file systems do not number their files.
        file = (found.st_dev, found.st_ino) if found.st_ino else os.path.realpath(f"{root}/{name}")
        yield Image(split, os.path.normpath(name), file, found.st_size)


def _alike(images: Iterable[Image], key: Callable[[Image], Hashable]) -> list[list[Image]]:
    """Images with one key, where there are several."""
    groups: dict[Hashable, list[Image]] = {}
    for image in images:
        groups.setdefault(key(image), []).append(image)
    return [group for group in groups.values() if len({image.name for image in group}) > 1]


def _several(images: Sequence[Image]) -> bool:
    return len({image.split for image in images}) > 1


def _pair(images: Sequence[Image], *, within: bool) -> list[tuple[Image, Image]]:
    """Each image that is one too many, with the first of another split, or of the same."""
    first = images[0]
    other = [image for image in images[1:] if image.name != first.name and (within or image.split != first.split)]
    return [(first, image) for image in other]


def _ends(root: Path, image: Image) -> bytes:
    try:
        with open(root / image.name, "rb", buffering=0) as file:
            file.seek(image.size // 2)
            middle = file.read(BLOCK)
            file.seek(max(0, image.size - BLOCK))
            return middle + file.read(BLOCK)
    except OSError:  # told where it is read; alike with nothing
        return image.name.encode("utf-8", "surrogateescape")


def _whole(root: Path, image: Image) -> bytes:
    try:
        with open(root / image.name, "rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return image.name.encode("utf-8", "surrogateescape")


def _tell(root: Path, pairs: Sequence[tuple[Image, Image]], alike: str) -> list[str]:
    """A message for every two splits.

    Args:
        root: the folder.
        pairs: of images.
        alike: how they are, where they are not linked.
    """
    clashes: dict[tuple[str, str], list[tuple[Image, Image]]] = {}
    for one, other in pairs:
        clashes.setdefault((one.split, other.split), []).append((one, other))
    problems = []
    for (split, second), found in clashes.items():
        count = f"{len(found)} images" if len(found) > 1 else "1 image"
        place, why = f"in {split} and in {second}", "results would be told on what was trained on or chosen by"
        if split == second:
            place, why = f"twice in {split}", "such would count double"
        shown = ", ".join(f"{show_bytes(a.name)} = {show_bytes(b.name)}" for a, b in found[:SHOWN])
        linked = all(a.file == b.file for a, b in found)
        how = "by links, under two names" if linked else alike
        more = ", ..." if len(found) > SHOWN else ""
        mend = "take away the links, or a folder that is one" if linked else "keep one of each and take the other out"
        problems.append(f"{root}: {count} {place}, {how}: {shown}{more}; {why}; {mend}")
    return problems
