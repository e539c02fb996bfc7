"""Images beside those of a set that no pattern takes, because their suffix is another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from trainers.data.folders.listing import Row, compile_pattern, find_existing, list_files
from trainers.data.folders.names import is_left_by_machines, show_bytes
from trainers.data.formats.files import IMAGES
from trainers.data.specs.folder_spec import FolderSpec


def find_left_out(root: Path, spec: FolderSpec, rows: Sequence[Row]) -> list[str]:
    """What to tell of them; nothing where lists say what there is.

    Only those count that lie in one folder with an image of the set and have a name that none of its samples has.
    """
    if spec.lists is not None or not rows:
        return []
    found: dict[str, str] = {}
    for split, own in _by_split(rows).items():
        known = {row.id for row in own}
        folders = {str(PurePosixPath(find_existing(root, spec.image.patterns, row)).parent) for row in own}
        taken = [compile_pattern(pattern.replace("{split}", split)) for pattern in spec.patterns]
        for pattern in spec.image.patterns:
            filled, other = pattern.replace("{split}", split), _other_suffixes(pattern)
            fits = [compile_pattern(filled[: -len(PurePosixPath(filled).suffix)] + suffix) for suffix in other]
            start = filled.partition("{id}")[0].rpartition("/")[0]
            for name in list_files(root, root / start):
                if str(PurePosixPath(name).parent) not in folders or any(each.fullmatch(name) for each in taken):
                    continue
                match = next((match for each in fits if (match := each.fullmatch(name))), None)
                if match and match["id"] not in known and not is_left_by_machines(match["id"], "", ""):
                    found[name] = pattern
    if not found:
        return []
    first = next(iter(found))
    suffixes = sorted({PurePosixPath(name).suffix for name in found})
    more = [found[first].removesuffix(PurePosixPath(found[first]).suffix) + suffix for suffix in suffixes]
    shown = ", ".join(f'"{pattern}"' for pattern in dict.fromkeys([*spec.image.patterns, *more]))
    count, are = (f"{len(found)} images", "are") if len(found) > 1 else ("1 image", "is")
    return [
        f"{count} beside those of the set, such as {show_bytes(first)}, {are} left out, for no pattern fits; say "
        f"image: [{shown}] to take {'them' if len(found) > 1 else 'it'}"
    ]


def _by_split(rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    parts: dict[str, list[Row]] = {}
    for row in rows:
        parts.setdefault(row.split, []).append(row)
    return parts


def _other_suffixes(pattern: str) -> list[str]:
    """Suffixes of images that a pattern does not have; none where it has no image's."""
    own = PurePosixPath(pattern).suffix.lower()
    return [suffix for suffix in IMAGES if suffix != own] if own in IMAGES else []
