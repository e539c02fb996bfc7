"""Recognises COCO's instances: JSON files with images, annotations and categories, beside or above the images."""

from __future__ import annotations

from pathlib import Path

from spaces.errors import DataError
from trainers.data.exports.coco import Instances, read_instances
from trainers.data.exports.ready import (
    Export,
    Places,
    UnfitError,
    add_background,
    find_folder,
    name_splits,
    write_spec,
)

FEW = 3
"""Images of a file that are looked for."""


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
            f"{root} and its folders images, data, img and those of the splits: copy them to {root / 'images'}"
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
    wanted = [[name for name in content.images][:FEW] for content in used]
    table = pattern.format("{split}")
    beside = table.rpartition("/")[0]
    for folder in ("images/{split}/", "{split}/", "{split}/images/", "images/", "data/", "", "img/", f"{beside}/"):
        own = [folder.replace("{split}", name) for name in names.values()]
        if all(find_folder(root, some, [each]) is not None for some, each in zip(wanted, own, strict=True)):
            break
    else:
        return None
    if not any(content.outlined for content in used):
        raise DataError(
            f"{root / pattern.format(names['train'])}: COCO's instances without outlines, so boxes or points at most, "
            "which tell no pixels; export polygons or masks"
        )
    labels = _labels(used)
    image = f"{folder}{{0}}"
    task = {"files": image, "read": "coco_classes", "table": table, "kind": "segmentation"}
    text = write_spec(Places([image], table, names), {"segmentation": {**task, "classes": add_background(labels)}})
    return Export("COCO's instances", text, "coco_classes")


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
