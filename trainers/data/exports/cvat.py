"""CVAT's exports as classes a pixel: ``cvat_classes`` for its XML of images, ``cvat_colours`` for its masks."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from spaces.errors import DataError
from trainers.data.exports.entries import Remark, entered, find_entry, name_entries, remark_places, stamp, told
from trainers.data.exports.shapes import (
    draw_box,
    draw_ellipse,
    draw_polygon,
    draw_runs,
    explain_undrawn,
    find_class,
    make_canvas,
    remark_thin,
)
from trainers.data.formats.files import readable
from trainers.data.formats.texts import read_text

VERSION = 1
THIN = ("points", "polyline", "skeleton")
"""Shapes without an area."""
DRAWN = ("polygon", "box", "ellipse", "mask")


def remark_shapes(paths: Sequence[Path], table: Path | None, names: tuple[str, ...], array: str | None) -> list[Remark]:
    """Which shapes are left out."""
    assert table is not None  # the reader's table
    images = read_images(table)
    thin = [f"{shape.tag} of {shape.get('label')!r}" for image in images.values() for shape in image if is_thin(shape)]
    return [
        *remark_thin(str(table), thin),
        *remark_places(table, {image.get("name", ""): n for n, image in images.items()}),
    ]


@told(remark_shapes)
@entered(lambda table: read_images(table))
def classes(path: Path, table: Path, names: tuple[str, ...]) -> np.ndarray:
    """Class ids ``(H, W)`` of an image, by its polygons, boxes, ellipses and masks, the lowest first.

    Points and lines are left out, for they have no area.

    Args:
        path: of the image.
        table: annotations.xml.
        names: of the classes; one may be background.

    Raises:
        DataError: the image is not in the file, a label is no class, or a shape is of another kind.
    """
    image = find_entry(read_images(table), path, str(table))
    where = f"{table}: {path.name}"
    with readable(table):
        canvas = make_canvas(names, int(image.get("height", 0)), int(image.get("width", 0)), where)
        shapes = [shape for shape in image if shape.tag != "tag" and not is_thin(shape)]
        if any(shape.tag not in DRAWN for shape in shapes):
            raise DataError(explain_shapes(table))
        for shape in sorted(shapes, key=lambda each: int(each.get("z_order", 0))):
            _draw(canvas, shape, find_class(names, shape.get("label", ""), where), where)
    return canvas


def explain_shapes(table: Path) -> str:
    """What is said of a file with shapes that are not drawn, such as cuboids; "" of any other."""
    images = read_images(table)
    odd = [
        (name, shape) for name, image in images.items() for shape in image if shape.tag not in (*DRAWN, *THIN, "tag")
    ]
    if not odd:
        return ""
    kinds = [f"{shape.tag} of {shape.get('label')!r}" for _, shape in odd]
    return f"{table}: {explain_undrawn(kinds, odd[0][0], 'CVAT')}"


def is_thin(shape: ET.Element) -> bool:
    """Whether a shape has no area."""
    return shape.tag in THIN


def colours(path: Path, table: Path, names: tuple[str, ...]) -> np.ndarray:
    """Class ids ``(H, W)`` of a mask of colours.

    Args:
        path: of the mask.
        table: labelmap.txt, a line a label: name, colour, parts, actions.
        names: of the classes; one may be background.

    Raises:
        DataError: a colour has no label, or a label is no class.
    """
    labels = read_colours(table)
    with readable(path), Image.open(path) as picture:
        packed = np.asarray(picture.convert("RGB"), np.int32) @ np.array([1 << 16, 1 << 8, 1], np.int32)
    canvas = make_canvas(names, packed.shape[0], packed.shape[1], str(path))
    for value in np.unique(packed).tolist():
        colour = (value >> 16, value >> 8 & 255, value & 255)
        if colour not in labels:
            raise DataError(f"{path}: colour {colour} has no label in {table}; want the colours of that file alone")
        canvas[packed == value] = find_class(names, labels[colour], str(path))
    return canvas


def read_images(path: Path) -> dict[str, ET.Element]:
    """The images of annotations.xml by name, read once.

    Raises:
        DataError: it is missing, or not of this form.
    """
    return _read(path, stamp(path))


def read_colours(path: Path) -> dict[tuple[int, ...], str]:
    """The label of each colour in labelmap.txt.

    Raises:
        DataError: it is missing, or not of this form.
    """
    labels = {}
    for number, line in enumerate(read_text(path).splitlines()):
        parts = line.split(":")
        named = number == 0 and parts[0].strip().lower() == "label"  # the line that names what follows
        if not line.strip() or line.startswith("#") or named:
            continue
        numbers = parts[1].split(",") if len(parts) > 1 else []
        if len(numbers) != 3 or not all(number.strip().isdecimal() for number in numbers):
            raise DataError(f"{path}: line {line!r} is no label with its colour; want NAME:RED,GREEN,BLUE::")
        labels[tuple(map(int, numbers))] = parts[0].strip()
    return labels


@lru_cache(maxsize=8)
def _read(path: Path, stamped: tuple[int, int]) -> dict[str, ET.Element]:
    with readable(path):
        root = ET.fromstring(read_text(path))
    found = list(root.iter("image"))
    said = name_entries(image.get("name", "") for image in found)
    images = {said[image.get("name", "")]: image for image in found}
    if root.tag != "annotations" or not images:
        raise DataError(f"{path}: no annotations of images; want an export as CVAT for images 1.1")
    return images


def _draw(canvas: np.ndarray, shape: ET.Element, value: int, where: str) -> None:
    def number(name: str) -> float:
        return float(shape.get(name, "nan"))

    turn = math.radians(float(shape.get("rotation", 0)))
    if shape.tag == "polygon":
        draw_polygon(canvas, _points(shape.get("points", "")), value)
    elif shape.tag == "box":
        draw_box(canvas, [(number("xtl"), number("ytl")), (number("xbr"), number("ybr"))], value, turn)
    elif shape.tag == "ellipse":
        draw_ellipse(canvas, (number("cx"), number("cy")), (number("rx"), number("ry")), value, turn)
    elif shape.tag == "mask":
        left, top, width, height = (int(number(name)) for name in ("left", "top", "width", "height"))
        counts = [int(text) for text in shape.get("rle", "").split(",")]
        part = canvas[top : top + height, left : left + width]
        draw_runs(part, counts, value, by_columns=False)
    else:
        raise AssertionError(f"{where}: a {shape.tag} was refused before")


def _points(text: str) -> Sequence[tuple[float, float]]:
    pairs = [pair.split(",") for pair in text.split(";") if pair]
    return [(float(x), float(y)) for x, y in pairs]
