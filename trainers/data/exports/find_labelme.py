"""Recognises LabelMe's files: a .json an image, with shapes."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

from spaces.errors import DataError
from trainers.data.exports.headers import name_splits
from trainers.data.exports.labelme import IGNORED, is_thin, list_undrawn, read_labels
from trainers.data.exports.ready import Export, Places, UnfitError, add_background, write_spec
from trainers.data.exports.shapes import explain_undrawn
from trainers.data.folders.listing import glob_rows
from trainers.data.folders.names import list_spellings
from trainers.data.formats.files import IMAGES

LOOKED = 20
"""Files that are opened until one is LabelMe's."""


def find_labelme(root: Path) -> Export | None:
    """A specification of such an export, or None.

    Raises:
        UnfitError: it is one without images, in which nothing is drawn, or what is not read.
    """
    names = [f"{row.id}.json" for row in glob_rows(root, "{id}.json", "")]
    files = [name for name in islice(names, LOOKED) if _is_one(root / name)]
    if not files:
        return None
    first = files[0]
    image = _find_image(root, first)
    if image is None:
        raise UnfitError(
            f"{root / first}: a file of LabelMe, whose image is not found; put images beside their files, with the "
            "same names"
        )
    labels: dict[str, None] = {}
    undrawn: list[str] = []
    odd = ""
    unread: list[str] = []
    suffixes = {Path(image).suffix.lower(): Path(image).suffix}  # either case is found by either
    for name in names:
        try:
            content = read_labels(root / name)
        except DataError as error:
            unread += error.problems
            continue
        undrawn += (found := list_undrawn(content))
        odd = odd or (name if found else "")
        labels.update(dict.fromkeys(str(shape.get("label")) for shape in content["shapes"] if not is_thin(shape)))
        suffix = Path(str(content.get("imagePath") or image)).suffix or Path(image).suffix
        suffixes.setdefault(suffix.lower(), suffix)
    if undrawn:
        raise UnfitError(f"{root}: {explain_undrawn(undrawn, odd, 'LabelMe')}")
    classes = sorted(label for label in labels if label.lower() not in IGNORED)
    if not classes:
        raise UnfitError(unread[:1] or [f"{root / first}: files of LabelMe, in which no area is drawn"])
    parts, folder = first.split("/")[:-1], image.split("/")[:-1]
    tops = sorted({name.split("/")[0] for name in names if "/" in name})
    splits = name_splits(tops)
    if splits and parts and parts[0] in splits.values():
        parts[0] = "{split}"
        folder = ["{split}" if part in splits.values() else part for part in folder]
    else:
        splits = {}
    patterns = ["/".join([*folder, "{id}" + suffix]) for suffix in suffixes.values()]
    task = {"files": "/".join([*parts, "{id}.json"]), "read": "labelme_classes", "kind": "segmentation"}
    text = write_spec(Places(patterns, None, splits), {"segmentation": {**task, "classes": add_background(classes)}})
    return Export("LabelMe, a .json an image", text, "labelme_classes")


def _is_one(path: Path) -> bool:
    try:
        return all(key in json.loads(path.read_bytes()) for key in ("shapes", "imagePath"))
    except (OSError, ValueError, TypeError):
        return False


def _find_image(root: Path, name: str) -> str | None:
    """The image of a file, where the file says it is, else beside it or in a folder beside its own."""
    said = str(json.loads((root / name).read_bytes()).get("imagePath") or "").replace("\\", "/")
    place, stem = (root / name).parent, Path(name).stem
    folders = (place, place / "images", *(place.parent / each for each in ("images", "image", "img", "JPEGImages")))
    names = [spelled for suffix in IMAGES for spelled in (stem + suffix, *list_spellings(stem + suffix))]
    there = [place / said, *(each / spelled for each in folders for spelled in names)] if said else []
    for path in there:
        resolved = path.resolve()
        if path.is_file() and resolved.stem == stem and resolved.is_relative_to(root.resolve()):
            return resolved.relative_to(root.resolve()).as_posix()
    return None
