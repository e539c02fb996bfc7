"""Recognises COCO's instances: JSON files with images, annotations and categories, beside or above the images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from spaces.errors import DataError
from trainers.data.exports.coco import Instances, read_instances
from trainers.data.exports.headers import name_splits
from trainers.data.exports.image_places import DEPTH, find_files, find_twice
from trainers.data.exports.ready import (
    Export,
    Places,
    UnfitError,
    add_background,
    find_folder,
    write_spec,
)
from trainers.data.splits.fingerprint import spread

LOOKED, FEW = 64, 3
"""Images of a file that are looked for, and where not all of these are there."""


def find_coco(root: Path) -> Export | None:
    """A specification of such an export, or None.

    Raises:
        DataError: it is one that no specification can read.
    """
    lost: tuple[Path, Instances] | None = None
    for pattern in ("annotations/instances_{}.json", "annotations/{}.json", "{}/_annotations.coco.json", "{}.json"):
        found = {_between(path.relative_to(root).as_posix(), pattern): path for path in root.glob(pattern.format("*"))}
        files = {name: content for name, path in sorted(found.items()) if (content := _open(path)) is not None}
        if files and (export := _describe(root, pattern, files)):
            return export
        lost = lost or next(((found[name], content) for name, content in files.items()), None)
    for pattern in ("{}/*.json", "*.coco.json"):
        for path in sorted(root.glob(pattern.format("*"))):
            name = path.relative_to(root).as_posix()
            if (content := _open(path)) is None:
                continue
            if export := _describe(root, name, {"": content}):
                return export
            lost = lost or (path, content)
    if lost:
        path, content = lost
        raise UnfitError(
            f"{path}: COCO's instances, of which no images are found, such as {next(iter(content.images))}; looked in "
            f"{root} and in {DEPTH} folders deep below it: copy them to {root / 'images'}, or give a folder as "
            "data.root that has both the images and this file in it"
        )
    return None


def _describe(root: Path, pattern: str, files: dict[str, Instances]) -> Export | None:
    """What files that fit a pattern say, where their images are there."""
    names = name_splits(list(files))
    if not names:
        if len(files) > 1:
            return None
        names = {"train": next(iter(files))}
    used = [files[name] for name in names.values()]
    table = pattern.format("{split}")
    images = _find_images(root, table, names, used)
    if not images:
        return None
    if any("segments_info" in one for content in used for some in content.annotations.values() for one in some):
        raise DataError(
            f"{root / pattern.format(names['train'])}: COCO's panoptic segments, whose PNG files number them by colour "
            "and which are not read; give COCO's instances, or masks of class ids: each segment's category_id"
        )
    if not any(content.outlined for content in used):
        raise DataError(
            f"{root / pattern.format(names['train'])}: COCO's instances without outlines, so boxes or points at most, "
            "which tell no pixels; export polygons or masks"
        )
    labels = _labels(used)
    said = images[0] if len(images) == 1 else images
    task = {"files": said, "read": "coco_classes", "table": table, "kind": "segmentation"}
    text = write_spec(Places(images, table, names), {"segmentation": {**task, "classes": add_background(labels)}})
    return Export("COCO's instances", text, "coco_classes")


def _find_images(root: Path, table: str, names: Mapping[str, str], used: Sequence[Instances]) -> list[str]:
    """Patterns of the images that files name: where they usually lie, else in whichever folders have them.

    Raises:
        UnfitError: images of one name are in several of these folders.
    """
    beside = table.rpartition("/")[0]
    usual = ("images/{split}/", "{split}/", "{split}/images/", "images/", "data/", "", "img/", f"{beside}/")
    for most in (LOOKED, FEW):
        wanted = [[list(each.images)[index] for index in spread(len(each.images), most)] for each in used]
        for folder in usual:
            own = [folder.replace("{split}", name) for name in names.values()]
            if all(find_folder(root, some, [each]) is not None for some, each in zip(wanted, own, strict=True)):
                return [f"{folder}{{0}}"]
        if most == LOOKED and (found := _look_around(root, table, names, wanted)):
            return found
    return []


def _look_around(root: Path, table: str, names: Mapping[str, str], wanted: Sequence[Sequence[str]]) -> list[str]:
    """Patterns of the folders that have files of some names, for every split.

    Raises:
        UnfitError: images of one name are in several of them.
    """
    held = [find_files(root, some) for some in wanted]
    covers = [each.cover() if each else [] for each in held]
    ending = held[0].ending if held[0] else ""
    if not all(covers) or any(each and each.ending != ending for each in held):
        return []
    alone = len(names) == 1
    own = {
        folder if alone else folder.replace(name, "{split}")
        for name, cover in zip(names.values(), covers, strict=True)
        for folder in cover
    }
    if len(own) == 1:
        return [f"{folder}{{0}}{ending}" for folder in own]
    folders = list(dict.fromkeys(folder for cover in covers for folder in cover))
    every = find_files(root, [name for some in wanted for name in some])
    if every and (twice := find_twice(every, "{split}", folders)):
        name, places = twice
        raise UnfitError(
            f"{root / table.replace('{split}', next(iter(names.values())))}: COCO's instances, whose image {name} is "
            f"in {' and in '.join(places)}: write the folder into file_name, such as {places[0]}{name}, or put the "
            "images of each file into a folder that is called as the file is"
        )
    return [f"{folder}{{0}}{ending}" for folder in folders]


def _labels(files: list[Instances]) -> list[str]:
    """Names of the categories, in the order of their ids.

    Raises:
        DataError: there are none, or two of one name.
    """
    ids = {one: name for content in reversed(files) for one, name in content.categories.items()}
    names = list(dict.fromkeys(ids[one] for one in sorted(ids, key=lambda each: (str(type(each)), each))))
    if not names or any(len(set(each.categories.values())) < len(each.categories) for each in files):
        raise DataError("an export of COCO's instances whose categories are none, or two of one name; name them apart")
    return names


def _between(path: str, pattern: str) -> str:
    before, _, after = pattern.partition("{}")
    return path.removeprefix(before).removesuffix(after)


def _open(path: Path) -> Instances | None:
    try:
        content = read_instances(path)
    except DataError:
        return None
    return content if content.images and content.categories else None
