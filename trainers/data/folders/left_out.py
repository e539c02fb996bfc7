"""Files that no pattern takes, for their suffix is another one: images beside those of a set, targets of samples."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path, PurePosixPath

from trainers.data.folders.listing import Row, compile_pattern, find_existing, list_files
from trainers.data.folders.names import is_left_by_machines, list_spellings, same_name, show_bytes
from trainers.data.formats.files import IMAGES, SUFFIXES
from trainers.data.specs.folder_spec import FolderSpec

MOST = 64
"""Files that are not there for which others are looked for."""


def find_left_out(root: Path, spec: FolderSpec, rows: Mapping[str, Sequence[Row]]) -> list[str]:
    """What to tell of images that no pattern takes; nothing where lists say what there is.

    Only those count that lie in one folder with an image of the set and have a name that none of its samples has; of a
    split without samples, all that lie where these would.

    Args:
        root: the folder.
        spec: what is in it.
        rows: samples by the set's own name of their split.
    """
    if spec.lists is not None:
        return []
    found: dict[str, str] = {}
    for split, own in rows.items():
        known = {same_name(row.id) for row in own}
        folders = {str(PurePosixPath(find_existing(root, spec.image.patterns, row)).parent) for row in own}
        taken = [compile_pattern(pattern.replace("{split}", split)) for pattern in spec.patterns]
        for pattern in spec.image.patterns:
            filled, other = pattern.replace("{split}", split), _other_suffixes(pattern)
            fits = [compile_pattern(filled[: -len(PurePosixPath(filled).suffix)] + suffix) for suffix in other]
            start = filled.partition("{id}")[0].rpartition("/")[0]
            for name in list_files(root, root / start):
                apart = own and str(PurePosixPath(name).parent) not in folders
                if apart or any(each.fullmatch(name) for each in taken):
                    continue
                match = next((match for each in fits if (match := each.fullmatch(name))), None)
                if match and same_name(match["id"]) not in known and not is_left_by_machines(match["id"], "", ""):
                    found[name] = pattern
    if not found:
        return []
    first = next(iter(found))
    suffixes = sorted({PurePosixPath(name).suffix for name in found})
    more = [found[first].removesuffix(PurePosixPath(found[first]).suffix) + suffix for suffix in suffixes]
    some = any(rows.values())
    count, are = (f"{len(found)} images", "are") if len(found) > 1 else ("1 image", "is")
    place = "beside those of the set" if some else "where those of the set would be"
    return [
        f"{count} {place}, such as {show_bytes(first)}, {are} left out, for no pattern fits; say "
        f"image: {_write([*(spec.image.patterns if some else ()), *more])} to take {'them' if len(found) > 1 else 'it'}"
    ]


def find_left_by_machines(root: Path, spec: FolderSpec, splits: Sequence[str]) -> list[str]:
    """What to tell of images that fit a pattern and are no samples, for programs leave such beside those of people.

    Args:
        root: the folder.
        spec: what is in it; nothing is told where lists say what there is.
        splits: the set's own names.
    """
    if spec.lists is not None:
        return []
    found: dict[str, None] = {}
    for pattern, split in product(spec.image.patterns, splits):
        filled = pattern.replace("{split}", split)
        fits = compile_pattern(filled)
        folder, _, before = filled.partition("{id}")[0].rpartition("/")
        after = filled.partition("{id}")[2]
        for name in list_files(root, root / folder):
            if (match := fits.fullmatch(name)) and is_left_by_machines(match["id"], before, after):
                found[name] = None
    if not found:
        return []
    count, are = (f"{len(found)} files", "are no samples") if len(found) > 1 else ("1 file", "is no sample")
    return [
        f"{count} that programs leave beside images (hidden ones, previews, backups, checkpoints), such as "
        f"{show_bytes(min(found))}, {are}; rename what is meant"
    ]


def mend_suffix(root: Path, patterns: Sequence[str], absent: Sequence[str], key: str) -> str:
    """What to say in a specification where files are there with another suffix; "" where none is.

    Args:
        root: the folder.
        patterns: of the files.
        absent: paths, seen from the root, that are not there.
        key: of the patterns.
    """
    stems = [path.removesuffix(PurePosixPath(path).suffix) for path in absent[:MOST]]
    there = {suffix for stem in stems for suffix in _find_suffixes(root, stem)}
    if not there:
        return ""
    more = [patterns[0].removesuffix(PurePosixPath(patterns[0]).suffix) + suffix for suffix in sorted(there)]
    return f"some are there with another suffix: say {key}: {_write([*patterns, *more])} to take both, or "


def _find_suffixes(root: Path, stem: str) -> list[str]:
    return [
        suffix
        for suffix in SUFFIXES
        if any(os.path.isfile(f"{root}/{name}") for name in (stem + suffix, *list_spellings(stem + suffix)))
    ]


def _write(patterns: Sequence[str]) -> str:
    """Patterns as a specification holds them, each once."""
    return "[" + ", ".join(f'"{pattern}"' for pattern in dict.fromkeys(patterns)) + "]"


def _other_suffixes(pattern: str) -> list[str]:
    """Suffixes of images that a pattern does not have; none where it has no image's."""
    own = PurePosixPath(pattern).suffix.lower()
    return [suffix for suffix in IMAGES if suffix != own] if own in IMAGES else []
