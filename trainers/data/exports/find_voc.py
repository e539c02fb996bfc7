"""Recognises the tree of PASCAL VOC, and CVAT's segmentation masks, which have it with colours of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from spaces.errors import DataError
from trainers.data.exports.cvat import read_colours
from trainers.data.exports.headers import name_splits
from trainers.data.exports.image_places import find_files
from trainers.data.exports.labelme import IGNORED
from trainers.data.exports.ready import Export, Places, add_background, write_spec
from trainers.data.formats.files import IMAGES
from trainers.data.formats.texts import read_text
from trainers.data.splits.fingerprint import spread

_VOC = """
background aeroplane bicycle bird boat bottle bus car cat chair cow diningtable dog horse motorbike person pottedplant
sheep sofa train tvmonitor
"""
VOC = _VOC.split()
NAMES = ("class_names.txt", "classes.txt", "labels.txt", "label_names.txt")
LOOKED = 64
"""Masks whose ids are counted."""


def find_voc(root: Path) -> Export | None:
    """A specification of such a tree, or None."""
    for labels in sorted(
        [*root.glob("SegmentationClass"), *root.glob("*/SegmentationClass"), *root.glob("*/*/SegmentationClass")]
    ):
        export = _describe(root, labels)
        if export:
            return export
    return None


def _describe(root: Path, labels: Path) -> Export | None:
    place = labels.parent
    prefix = "" if place == root else place.relative_to(root).as_posix() + "/"
    masks = sorted(labels.glob("*.png"))
    if not masks or (folder := _find_images(place, masks)) is None:
        return None
    suffixes = {path.suffix: None for path in (place / folder).iterdir() if path.suffix.lower() in IMAGES}
    if not suffixes:
        return None
    lists = sorted(path.stem for path in (place / "ImageSets" / "Segmentation").glob("*.txt"))
    splits = name_splits(lists) or ({"train": lists[0]} if lists else {})
    pattern = f"{prefix}ImageSets/Segmentation/{{split}}.txt" if splits else None
    places = Places([f"{prefix}{folder}/{{id}}{suffix}" for suffix in suffixes], pattern, splits)
    task: dict[str, object] = {"files": f"{prefix}SegmentationClass/{{id}}.png", "kind": "segmentation"}
    coloured = place / "labelmap.txt"
    if coloured.is_file():
        names = list(dict.fromkeys(read_colours(coloured).values()))
        task |= {"read": "cvat_colours", "table": f"{prefix}labelmap.txt", "classes": add_background(names)}
        return Export("CVAT's segmentation masks 1.1", write_spec(places, {"segmentation": task}), "cvat_colours")
    with Image.open(masks[0]) as picture:
        if picture.mode not in ("P", "L"):
            raise DataError(
                f"{labels}: masks of colours without a labelmap.txt that names them; put one beside SegmentationClass, "
                "a line NAME:RED,GREEN,BLUE:: a label"
            )
    highest = max(_highest(masks[index]) for index in spread(len(masks), LOOKED))
    named = _read_names(place)
    if len(named) <= highest:
        named = VOC if highest < len(VOC) else []
    task |= {"classes": named or highest + 1, "invalid": 255}
    return Export("the tree of PASCAL VOC", write_spec(places, {"segmentation": task}))


def _find_images(place: Path, masks: Sequence[Path]) -> str | None:
    """The folder of the images, of whatever name where none has the usual one."""
    usual = next((each for each in ("JPEGImages", "images") if (place / each).is_dir()), None)
    if usual:
        return usual
    stems = [masks[index].stem for index in spread(len(masks), LOOKED)]
    held = find_files(place, stems, apart=["", "SegmentationClass/", "SegmentationObject/"])
    cover = held.cover() if held else []
    return cover[0].removesuffix("/") if len(cover) == 1 else None


def _read_names(place: Path) -> list[str]:
    """Names of the ids from 0 on, a line each, as labelme2voc and others write them; none without such a file."""
    for name in NAMES:
        path = place / name
        if path.is_file():
            lines = (line.strip() for line in read_text(path).splitlines())
            names = [line for line in lines if line and line.lower() not in IGNORED]
            if len(set(names)) == len(names):
                return names
    return []


def _highest(path: Path) -> int:
    with Image.open(path) as picture:
        ids = np.asarray(picture)
    return int(ids[ids != 255].max(initial=0))
