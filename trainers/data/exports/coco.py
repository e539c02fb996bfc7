"""COCO's instances as classes a pixel: ``read: coco_classes``, with the JSON file as ``table``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from spaces.errors import DataError
from trainers.data.exports.entries import entered, find_entry, stamp
from trainers.data.exports.shapes import INVALID, draw_polygon, draw_runs, find_class, make_canvas
from trainers.data.formats.texts import read_text

VERSION = 1


@dataclass(frozen=True, eq=False)
class Instances:
    """A file of instances, by image.

    Args:
        categories: name by id.
        images: what is said of each, by file name.
        annotations: of each, by id of the image as a text, for some write numbers here and texts there.
    """

    categories: dict[int, str]
    images: dict[str, Mapping[str, Any]]
    annotations: dict[str, list[Mapping[str, Any]]]


@entered(lambda table: read_instances(table).images)
def classes(path: Path, table: Path, names: tuple[str, ...]) -> np.ndarray:
    """Class ids ``(H, W)`` of an image: its instances in the order of the file, crowds as invalid below them.

    Args:
        path: of the image.
        table: JSON of COCO's form.
        names: of the classes, found by the names of the categories; one may be background.

    Raises:
        DataError: the image is not in the file, a category is no class, or an instance has no outline.
    """
    content = read_instances(table)
    image = find_entry(content.images, path, str(table))
    canvas = make_canvas(names, int(image.get("height", 0)), int(image.get("width", 0)), f"{table}: {path.name}")
    own = content.annotations.get(str(image["id"]), [])
    for one in sorted(own, key=lambda each: not each.get("iscrowd")):  # stable: crowds first
        where = f"{table}: annotation {one.get('id')} of {path.name}"
        label = content.categories.get(one.get("category_id"))  # type: ignore[arg-type]  # a missing one is no key
        if label is None:
            raise DataError(f"{where}: category_id {one.get('category_id')} is none of categories")
        value = find_class(names, label, where)
        _draw(canvas, one.get("segmentation"), INVALID if one.get("iscrowd") else value, where)
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
        images = {str(each["file_name"]).replace("\\", "/"): each for each in content["images"] if "id" in each}
        annotations: dict[str, list[Mapping[str, Any]]] = {}
        for each in content.get("annotations", ()):
            annotations.setdefault(str(each["image_id"]), []).append(each)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path}: no file of COCO's instances ({error!r}); want images, annotations, categories"
        ) from error
    return Instances(categories, images, annotations)


def _draw(canvas: np.ndarray, outline: Any, value: int, where: str) -> None:
    """One instance: polygons that belong together, or run lengths, compressed or not."""
    try:
        if isinstance(outline, Mapping):
            counts = outline["counts"]
            draw_runs(canvas, decode_counts(counts) if isinstance(counts, str) else counts, value)
        elif isinstance(outline, Sequence) and outline:
            for numbers in outline:
                draw_polygon(canvas, list(zip(numbers[::2], numbers[1::2], strict=True)), value)
        else:
            raise DataError(
                f"{where}: no segmentation, so a box at most, which tells no pixels; export polygons or masks"
            )
    except DataError:
        raise
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(f"{where}: segmentation cannot be read ({error}); want polygons or run lengths") from error
