"""Images of two splits that show nearly the same: one picture saved again with loss, made smaller, or mirrored.

One that was cropped or turned is not known again: that would take features, and seconds an image.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from trainers.data.folders.listing import Row, find_existing
from trainers.data.folders.names import show_bytes
from trainers.data.folders.pixels import SIDE, Look, look_at

NEAR = 0.005
"""One minus the correlation of two small pictures, up to which they are nearly the same. Our choice: pictures saved as
JPEG of quality 30, or at half their size, lie below it, unrelated rooms and digits at more than twice as much."""
SHARE = 0.05
"""And that as a share of the usual distance, where all images are alike, as those of a camera that stands still."""
CHUNK = 1024
"""Pictures that are compared with all others at a time."""
SHOWN = 3
"""Pairs in a note."""


def find_near_copies(root: Path, splits: Mapping[str, Sequence[Row]], patterns: Sequence[str]) -> list[str]:
    """What to tell of images that are nearly one of another split; those that are equal to the pixel are refused.

    Args:
        root: the folder.
        splits: samples by our split, those that are held out too.
        patterns: of the images.
    """
    names = {split: [find_existing(root, patterns, row) for row in rows] for split, rows in splits.items()}
    looks = look_at([(split, root / name) for split, found in names.items() for name in found])
    there = {split: [name for name in found if _shows(looks.get(root / name))] for split, found in names.items()}
    tables = {split: _normalise([looks[root / name] for name in found]) for split, found in there.items()}
    order, notes = list(splits), [*_tell_blank(root, names, looks), *_tell_clear(root, looks)]
    for place, one in enumerate(order):
        for other in order[place + 1 :]:
            pairs = find_near(tables[one], tables[other])
            told = [(there[one][a], there[other][b]) for a, b in pairs]
            told = [(a, b) for a, b in told if looks[root / a].digest != looks[root / b].digest]
            if told:
                notes.append(_tell(root, one, other, told))
            known = {b for _, b in pairs}
            mirrored = [pair for pair in find_near(tables[one], _mirror(tables[other])) if pair[1] not in known]
            if mirrored:
                notes.append(_tell_mirrored(root, one, other, [(there[one][a], there[other][b]) for a, b in mirrored]))
    return notes


def find_near(one: np.ndarray, other: np.ndarray) -> list[tuple[int, int]]:
    """Of every picture of the second split that has one, the nearest of the first that is nearly the same.

    Args:
        one: (images, pixels) of zero mean and unit length.
        other: likewise.
    """
    if not len(one) or not len(other):
        return []
    rng = np.random.default_rng(0)
    draws = rng.integers(0, len(one), 200), rng.integers(0, len(other), 200)
    usual = float(np.median(1 - (one[draws[0]] * other[draws[1]]).sum(axis=1)))
    bound, found = min(NEAR, SHARE * usual), []
    for start in range(0, len(other), CHUNK):
        alike = other[start : start + CHUNK] @ one.T
        nearest = alike.argmax(axis=1)
        near = 1 - alike[np.arange(len(alike)), nearest] < bound
        found += [(int(nearest[row]), start + int(row)) for row in np.flatnonzero(near)]
    return found


def _mirror(table: np.ndarray) -> np.ndarray:
    """The same of pictures turned round left to right."""
    return table.reshape(len(table), SIDE, SIDE)[:, :, ::-1].reshape(len(table), -1) if len(table) else table


def _shows(look: Look | None) -> bool:
    return look is not None and len(set(look.small)) > 1


def _normalise(looks: Sequence[Look]) -> np.ndarray:
    table = np.frombuffer(b"".join(look.small for look in looks), np.uint8).astype(np.float32)
    table = table.reshape(len(looks), -1) if looks else table.reshape(0, 1)
    table = table - table.mean(axis=1, keepdims=True)
    return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True))


def _tell_blank(root: Path, names: Mapping[str, Sequence[str]], looks: Mapping[Path, Look]) -> list[str]:
    """That several splits have images of one colour, which are equal and no copies."""
    blank = {
        split: [n for n in found if (look := looks.get(root / n)) and look.blank] for split, found in names.items()
    }
    told = {split: found for split, found in blank.items() if found}
    if len(told) < 2:
        return []
    many = ", ".join(f"{len(found)} of {split}" for split, found in told.items())
    first = show_bytes(next(iter(told.values()))[0])
    return [
        f"{root}: images of a single colour, such as {first}: {many}; they show nothing, so take out what is no data"
    ]


def _tell_clear(root: Path, looks: Mapping[Path, Look]) -> list[str]:
    """That images are transparent everywhere, of which what lies beneath is read."""
    clear = [path for path, look in looks.items() if look.clear]
    if not clear:
        return []
    count, are = (f"{len(clear)} images", "are") if len(clear) > 1 else ("1 image", "is")
    return [
        f"{root}: {count}, such as {show_bytes(str(clear[0].relative_to(root)))}, {are} transparent everywhere; "
        "transparency is not read, so that colours beneath count which no viewer shows: take out what is no data"
    ]


def _tell_mirrored(root: Path, one: str, other: str, pairs: Sequence[tuple[str, str]]) -> str:
    shown, many = _show(pairs), f"{len(pairs)} images of {other} are" if len(pairs) > 1 else f"1 image of {other} is"
    return (
        f"{root}: {many} nearly the same as one of {one} mirrored left to right: {shown}; training mirrors images, "
        "too, so results are told on what was nearly trained on: look at them, and give such a pair one split"
    )


def _show(pairs: Sequence[tuple[str, str]]) -> str:
    shown = ", ".join(f"{show_bytes(a)} ~ {show_bytes(b)}" for a, b in pairs[:SHOWN])
    return shown + (", ..." if len(pairs) > SHOWN else "")


def _tell(root: Path, one: str, other: str, pairs: Sequence[tuple[str, str]]) -> str:
    many = f"{len(pairs)} images of {other} are" if len(pairs) > 1 else f"1 image of {other} is"
    return (
        f"{root}: {many} nearly the same as one of {one}: {_show(pairs)}; where "
        "that is one picture saved again or made smaller, or a frame beside it, results are told on what was "
        "nearly trained on: look at them, and give such a pair one split"
    )
