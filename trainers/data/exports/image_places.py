"""Where the files that an export names lie: in one folder, in several, or in folders that are called like splits."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from trainers.data.exports.headers import name_splits
from trainers.data.folders.names import is_left_by_machines, list_compositions, list_spellings
from trainers.data.formats.files import IMAGES

DEPTH = 3
"""Folders below the root that are looked into, one in another: our choice."""
MOST = 512
"""Folders that are looked into: our choice."""
_TARGETS = "mask masks label labels annotation annotations gt depth depths normal normals target targets"
TARGETS = frozenset(_TARGETS.split())
"""What people call folders of targets, in small letters: files there are images only where no others are."""


@dataclass(frozen=True)
class Listing:
    """What folders hold, each listed once.

    Args:
        root: where all of them lie.
    """

    root: Path
    _known: dict[str, frozenset[str]] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether a file is there, however its suffix and its letters are written."""
        return self.spell(name) is not None

    def spell(self, name: str) -> str | None:
        """A file's path as the disk has it; None where it is not there."""
        folder, stroke, last = name.replace("\\", "/").rpartition("/")
        found = self._list(folder)
        there = next((each for each in (last, *list_spellings(last)) if each in found), None)
        return None if there is None else f"{folder}{stroke}{there}"

    def _list(self, folder: str) -> frozenset[str]:
        if folder not in self._known:
            ways = (f"{self.root}/{way}" for way in (folder, *list_compositions(folder)))
            there = next((way for way in ways if os.path.isdir(way)), None)
            entries = os.scandir(there) if there else ()
            self._known[folder] = frozenset(entry.name for entry in entries if not entry.is_dir())
        return self._known[folder]


@dataclass(frozen=True)
class Held:
    """Where files of some names are.

    Args:
        ending: a suffix that the names lack, or "".
        places: by name, the folders in which it is, "" or with a stroke at their end.
    """

    ending: str
    places: Mapping[str, tuple[str, ...]]

    def cover(self) -> list[str]:
        """The fewest folders that have all: one that has most, then one that has most of the others ..."""
        left, chosen = {name: folders for name, folders in self.places.items() if folders}, []
        while left:
            counts: dict[str, int] = {}
            for folder in (folder for folders in left.values() for folder in folders):
                counts[folder] = counts.get(folder, 0) + 1
            best = min(counts, key=lambda folder: (-counts[folder], folder.count("/"), folder))
            chosen.append(best)
            left = {name: folders for name, folders in left.items() if best not in folders}
        return chosen


@dataclass(frozen=True)
class Splitting:
    """Folders of splits that have all files of some names.

    Args:
        pattern: a folder with {split} in it, and a stroke at its end.
        names: the set's own of its splits, by ours.
    """

    pattern: str
    names: Mapping[str, str]


def list_folders(root: Path) -> list[str]:
    """The root, "", and the folders in it that people made, each with a stroke at its end; the nearest first."""
    found, level = [""], [""]
    for _ in range(DEPTH):
        inside = (
            f"{above}{entry.name}/"
            for above in level
            for entry in sorted(os.scandir(f"{root}/{above}"), key=lambda each: each.name)
            if entry.is_dir() and not is_left_by_machines(entry.name, "", "")
        )
        level = [each for each, _ in zip(inside, range(MOST - len(found)), strict=False)]
        found += level
    return found


def find_files(
    root: Path, names: Collection[str], *, targets: bool = False, apart: Collection[str] = ()
) -> Held | None:
    """Where files of these names are, with a suffix of images where names have none; None where less than half are.

    Args:
        root: the folder.
        names: as a table has them; they may hold folders.
        targets: whether they are no images, so that of several folders those of targets count, and not the others.
        apart: folders that do not count, with a stroke at their end.
    """
    listing, folders = Listing(root), [folder for folder in list_folders(root) if folder not in apart]
    best: Held | None = None
    for ending in ("", *IMAGES):
        found = {name: [each for each in folders if listing.has(f"{each}{name}{ending}")] for name in names}
        places = {name: tuple(_prefer(each, targets)) for name, each in found.items()}
        held = Held(ending, places)
        if best is None or _count(held) > _count(best):
            best = held
        if all(places.values()):
            break
    return best if best is not None and 2 * _count(best) >= len(names) > 0 else None


def find_splitting(held: Held) -> Splitting | None:
    """The folders of splits in which all of the files that are somewhere are, or None; of several the fewest words."""
    there = {name: _folders(name, folders) for name, folders in held.places.items() if folders}
    families: dict[tuple[str, ...], dict[str, set[tuple[str, ...]]]] = {}
    for folder in (folder for folders in there.values() for folder in folders):
        for place, part in enumerate(folder):
            families.setdefault(folder[:place], {}).setdefault(part, set()).add(folder[place + 1 :])
    for before, parts in sorted(families.items(), key=lambda family: (len(family[0]), family[0])):
        names = name_splits(list(parts))
        if len(names) < 2:
            continue
        own = {(*before, part) for part in names.values()}
        if all(any(folder[: len(before) + 1] in own for folder in folders) for folders in there.values()):
            after = set.intersection(*(parts[part] for part in names.values()))
            every = set.union(*(parts[part] for part in names.values()))
            rest = min(after) if after and len(every) == 1 else ()
            return Splitting("/".join((*before, "{split}", *rest)) + "/", names)
    return None


def find_twice(held: Held, pattern: str, parts: Collection[str]) -> tuple[str, list[str]] | None:
    """A name that files of several folders have, and these.

    Args:
        held: where files are.
        pattern: of the folders that count, with {split} in it.
        parts: what {split} stands for.
    """
    starts = [PurePosixPath(pattern.replace("{split}", part)).parts for part in parts]
    for name, places in held.places.items():
        folders = [each for each in _folders(name, places) if any(each[: len(start)] == start for start in starts)]
        if len(folders) > 1:
            return name, ["/".join((*folder, "")) for folder in folders]
    return None


def _prefer(folders: list[str], targets: bool) -> list[str]:
    """Of several folders those that are called so, or else those that are not; all where that leaves none."""
    return [each for each in folders if bool(TARGETS & set(each.lower().split("/"))) == targets] or folders


def _folders(name: str, places: Sequence[str]) -> list[tuple[str, ...]]:
    """The folders, part by part, in which files of a name are that may hold folders itself."""
    return [PurePosixPath(f"{place}{name}".replace("\\", "/")).parent.parts for place in places]


def _count(held: Held) -> int:
    return sum(bool(folders) for folders in held.places.values())
