"""Recognises CVAT's annotations of images: annotations.xml beside the images."""

from __future__ import annotations

from pathlib import Path

from spaces.errors import DataError
from trainers.data.exports.cvat import explain_shapes, is_thin, read_images
from trainers.data.exports.headers import name_splits
from trainers.data.exports.image_places import find_files
from trainers.data.exports.ready import Export, Places, UnfitError, add_background, find_folder, write_spec
from trainers.data.folders.lists import list_splits
from trainers.data.splits.fingerprint import spread

FEW, LOOKED = 3, 64
"""Files that are opened; images of one that are looked for where they do not lie as usual."""


def find_cvat(root: Path) -> Export | None:
    """A specification of such an export, or None.

    Raises:
        UnfitError: it is one that cannot be read, without images, or with shapes that are not drawn.
    """
    lost: list[str] = []
    for path in sorted([*root.glob("*.xml"), *root.glob("*/annotations.xml")])[:FEW]:
        try:
            images = read_images(path)
        except DataError as error:
            lost += error.problems if path.name == "annotations.xml" else []
            continue
        folder = find_folder(root, list(images)[:FEW], ["images/", ""])
        held = None if folder is not None else find_files(root, [list(images)[n] for n in spread(len(images), LOOKED)])
        if folder is None and held is None:
            lost.append(
                f"{path}: an export of CVAT, whose images, such as {next(iter(images))}, are not found in {root}"
            )
            continue
        if undrawn := explain_shapes(path):
            raise UnfitError(undrawn)
        labels = dict.fromkeys(
            shape.get("label", "")
            for image in images.values()
            for shape in image
            if shape.tag != "tag" and not is_thin(shape)
        )
        table = path.relative_to(root).as_posix()
        patterns = [f"{each}{{0}}{held.ending}" for each in held.cover()] if held else [f"{folder}{{0}}"]
        task = {
            "files": patterns[0] if len(patterns) == 1 else patterns,
            "read": "cvat_classes",
            "table": table,
            "kind": "segmentation",
        }
        places = Places(
            patterns, table, name_splits([name for name in list_splits(path) if name]) or {"train": "train"}
        )
        text = write_spec(places, {"segmentation": {**task, "classes": add_background(sorted(labels))}})
        return Export("CVAT for images 1.1", text, "cvat_classes")
    if lost:
        raise UnfitError(lost)
    return None
