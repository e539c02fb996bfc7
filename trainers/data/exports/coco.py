"""COCO's instances as classes a pixel: ``read: coco_classes``, with the JSON file as ``table``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from spaces.errors import DataError
from trainers.data.exports.entries import Remark, entered, find_entry, name_entries, remark_places, stamp, told
from trainers.data.exports.shapes import INVALID, draw_box, draw_polygon, draw_runs, find_class, make_canvas
from trainers.data.formats.texts import read_text

VERSION = 1
PIXELS = 1.5
"""Coordinates that are never beyond are shares of width and height: in pixels they would draw a corner; our choice."""


@dataclass(frozen=True, eq=False)
class Instances:
    """A file of instances, by image.

    Args:
        categories: name by id.
        images: what is said of each, by file name.
        annotations: of each, by id of the image as a text, for some write numbers here and texts there.
        said: names of the images as the file has them, and as `images` has them.
        repeated: how many names of images stand there once more.
        scaled: whether polygons are in shares of width and height.
        outlined: whether any instance has an outline.
    """

    categories: dict[int, str]
    images: dict[str, Mapping[str, Any]]
    annotations: dict[str, list[Mapping[str, Any]]]
    said: dict[str, str]
    repeated: int
    scaled: bool
    outlined: bool

    def find_label(self, one: Mapping[str, Any]) -> str | None:
        """The name of an annotation's category, if there is one; ids may be numbers here and texts there."""
        wanted = str(one.get("category_id"))
        return next((name for category, name in self.categories.items() if str(category) == wanted), None)


def remark_instances(
    paths: Sequence[Path], table: Path | None, names: tuple[str, ...], array: str | None
) -> list[Remark]:
    """What is drawn otherwise than as the class that a file says, or not at all."""
    assert table is not None  # the reader's table
    content = read_instances(table)
    every = [one for own in content.annotations.values() for one in own]
    crowds = sum(bool(one.get("iscrowd")) for one in every)
    boxes = sum(not one.get("segmentation") for one in every)
    thin = sum(_is_thin(one.get("segmentation")) for one in every)
    texts = ["polygons are in shares of width and height, and are drawn so"] if content.scaled else []
    for count, what in (
        (content.repeated, "images are named once more; the annotations of both are drawn"),
        (crowds, "crowds (iscrowd), which count as not known"),
        (boxes, "boxes without an outline, which count as not known"),
        (thin, "outlines of fewer than three points, which have no area and are left out"),
    ):
        texts += [f"{count} {what}"] if count else []
    return [*remark_places(table, content.said), *(Remark(f"{table}: {text}") for text in texts)]


@told(remark_instances)
@entered(lambda table: read_instances(table).images)
def classes(path: Path, table: Path, names: tuple[str, ...]) -> np.ndarray:
    """Class ids ``(H, W)`` of an image: its instances in the order of the file.

    Below them, as invalid, lie crowds and, in a file that has outlines at all, instances of which only the box is said.

    Args:
        path: of the image.
        table: JSON of COCO's form.
        names: of the classes, found by the names of the categories; one may be background.

    Raises:
        DataError: the image is not in the file, a category is no class, or an instance has no outline.
    """
    content = read_instances(table)
    image = find_entry(content.images, path, str(table))
    height, width = (int(image.get(side) or 0) for side in ("height", "width"))
    canvas = make_canvas(names, height, width, f"{table}: {path.name}")
    scale = (width, height) if content.scaled else (1, 1)
    own = content.annotations.get(str(image["id"]), [])
    # Stable: what is not known first.
    for one in sorted(own, key=lambda each: not each.get("iscrowd") and bool(each.get("segmentation"))):
        where = f"{table}: annotation {one.get('id')} of {path.name}"
        label = content.find_label(one)
        if label is None:
            raise DataError(f"{where}: category_id {one.get('category_id')} is none of categories")
        value = find_class(names, label, where)
        _draw(canvas, one, INVALID if one.get("iscrowd") else value, scale, where, boxes=content.outlined)
    return canvas


def read_instances(path: Path) -> Instances:
    """A file of instances, read once.

    Raises:
        DataError: it is missing, no JSON, or not of COCO's form.
    """
    return _read(path, stamp(path))


def decode_counts(text: str) -> list[int]:
    """Run lengths of COCO's compressed form: five bits a character, from the fourth on less the one before last.

    >>> decode_counts("52203")
    [5, 2, 2, 2, 5]
    """
    counts: list[int] = []
    value = shift = 0
    for letter in text:
        bits = ord(letter) - 48
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:  # more follow
            continue
        if bits & 16:  # negative
            value -= 1 << shift
        counts.append(value + (counts[-2] if len(counts) > 2 else 0))
        value = shift = 0
    return counts


@lru_cache(maxsize=8)
def _read(path: Path, stamped: tuple[int, int]) -> Instances:
    try:
        content = json.loads(read_text(path))
        categories = {each["id"]: str(each["name"]) for each in content["categories"]}
        images = [(str(each["file_name"]), each) for each in content["images"] if "id" in each]
        annotations: dict[str, list[Mapping[str, Any]]] = {}
        for each in content.get("annotations") or ():
            annotations.setdefault(str(each["image_id"]), []).append(each)
        every = [each.get("segmentation") for own in annotations.values() for each in own]
        scaled = _is_scaled(every)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path}: no file of COCO's instances ({error!r}); want images, annotations, categories"
        ) from error
    said = name_entries(name for name, _ in images)
    named: dict[str, Mapping[str, Any]] = {}
    for name, image in images:
        first = named.setdefault(said[name], image)
        if str(first["id"]) != str(image["id"]):  # the same image once more
            annotations.setdefault(str(first["id"]), []).extend(annotations.pop(str(image["id"]), ()))
    return Instances(categories, named, annotations, said, len(images) - len(named), scaled, any(every))


def _list_polygons(outline: Any) -> list[Sequence[float]]:
    """The polygons of an instance; some programs write one without brackets around it."""
    if not isinstance(outline, Sequence) or isinstance(outline, str) or not outline:
        return []
    return [outline] if isinstance(outline[0], int | float) else list(outline)


def _is_scaled(outlines: Sequence[Any]) -> bool:
    """Whether polygons are given in shares of width and height."""
    polygons = [numbers for outline in outlines for numbers in _list_polygons(outline) if numbers]
    return bool(polygons) and all(max(numbers) <= PIXELS for numbers in polygons)


def _is_thin(outline: Any) -> bool:
    polygons = _list_polygons(outline)
    return bool(polygons) and all(len(numbers) < 6 for numbers in polygons)


def _draw(
    canvas: np.ndarray, one: Mapping[str, Any], value: int, scale: tuple[int, int], where: str, *, boxes: bool
) -> None:
    """One instance: polygons that belong together, or run lengths, compressed or not, or as invalid its box."""
    outline = one.get("segmentation")
    try:
        if isinstance(outline, Mapping):
            counts, size = outline["counts"], outline.get("size", list(canvas.shape))
            if list(size) != list(canvas.shape):
                raise ValueError(f"run lengths of size {size}, the image has height and width {list(canvas.shape)}")
            draw_runs(canvas, decode_counts(counts) if isinstance(counts, str) else counts, value)
        elif outline:
            for numbers in _list_polygons(outline):
                draw_polygon(canvas, _scale(zip(numbers[::2], numbers[1::2], strict=True), scale), value)
        elif boxes and one.get("bbox"):
            left, top, width, height = one["bbox"]
            draw_box(canvas, _scale([(left, top), (left + width, top + height)], scale), INVALID)
        else:
            raise DataError(
                f"{where}: no segmentation, so a box at most, which tells no pixels; export polygons or masks"
            )
    except DataError:
        raise
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(f"{where}: segmentation cannot be read ({error}); want polygons or run lengths") from error


def _scale(points: Iterable[tuple[float, float]], scale: tuple[int, int]) -> list[tuple[float, float]]:
    return [(x * scale[0], y * scale[1]) for x, y in points]
