"""LabelMe's files of shapes as classes a pixel: ``read: labelme_classes``."""

from __future__ import annotations

import base64
import binascii
import io
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from spaces.errors import DataError
from trainers.data.exports.entries import Remark, told
from trainers.data.exports.shapes import (
    INVALID,
    draw_box,
    draw_ellipse,
    draw_polygon,
    explain_undrawn,
    find_class,
    make_canvas,
    remark_thin,
)
from trainers.data.formats.texts import read_text

VERSION = 1
IGNORED = ("__ignore__", "_ignore_")
"""Labels of what is to count for nothing."""
THIN = ("point", "points", "line", "linestrip")
"""Shapes without an area."""
DRAWN = ("polygon", "rotation", "rectangle", "circle", "mask")


def remark_shapes(paths: Sequence[Path], table: Path | None, names: tuple[str, ...], array: str | None) -> list[Remark]:
    """Which shapes of some files are left out."""
    thin = [
        f"{shape.get('shape_type') or 'polygon'} of {str(shape.get('label'))!r}"
        for path in paths
        for shape in read_labels(path)["shapes"]
        if is_thin(shape)
    ]
    return remark_thin(f"{paths[0].parent}, {len(paths)} files looked at", thin) if paths else []


@told(remark_shapes)
def classes(path: Path, names: tuple[str, ...]) -> np.ndarray:
    """Class ids ``(H, W)`` of one .json file: polygons, rectangles, circles and masks, later ones over earlier ones.

    Points and lines are left out, for they have no area.

    Args:
        path: of the file.
        names: of the classes; one may be background.

    Raises:
        DataError: the file is none of LabelMe's, a label is no class, or a shape is of another kind.
    """
    content = read_labels(path)
    if odd := list_undrawn(content):
        raise DataError(f"{path}: {explain_undrawn(odd, path.name, 'LabelMe')}")
    canvas = make_canvas(names, int(content["imageHeight"]), int(content["imageWidth"]), str(path))
    for number, shape in enumerate(content["shapes"]):
        if is_thin(shape):
            continue
        where = f"{path}: shape {number}"
        label = str(shape.get("label"))
        value = INVALID if label.lower() in IGNORED else find_class(names, label, where)
        try:
            _draw(canvas, shape, value)
        except DataError as error:
            raise DataError([f"{where}: {text}" for text in error.problems]) from error
        except (ValueError, TypeError, KeyError, IndexError, binascii.Error, OSError) as error:
            raise DataError(f"{where}: cannot be read ({error!r}); save it again in LabelMe") from error
    return canvas


def list_undrawn(content: Mapping[str, Any]) -> list[str]:
    """Kind and label of the shapes of a file that are not drawn, such as cuboids."""
    odd = [
        shape
        for shape in content["shapes"]
        if not is_thin(shape) and (shape.get("shape_type") or DRAWN[0]) not in DRAWN
    ]
    return [f"{shape['shape_type']} of {str(shape.get('label'))!r}" for shape in odd]


def is_thin(shape: Mapping[str, Any]) -> bool:
    """Whether a shape has no area."""
    return shape.get("shape_type") in THIN or (
        shape.get("shape_type") in (None, "polygon") and len(shape.get("points") or ()) < 3
    )


def read_labels(path: Path) -> Mapping[str, Any]:
    """The content of one file.

    Raises:
        DataError: it is missing, no JSON, or none of LabelMe's.
    """
    try:
        content = json.loads(read_text(path))
    except ValueError as error:
        raise DataError(f"{path}: cannot be read as JSON ({error}); save it again in LabelMe") from error
    wanted = ("shapes", "imageHeight", "imageWidth")
    if not isinstance(content, Mapping) or not all(content.get(key) is not None for key in wanted):
        raise DataError(f"{path}: no file of LabelMe's; want {', '.join(wanted)} in it")
    return content


def _draw(canvas: np.ndarray, shape: Mapping[str, Any], value: int) -> None:
    points = [(float(x), float(y)) for x, y in shape["points"]]
    kind = shape.get("shape_type") or "polygon"
    if kind in ("polygon", "rotation"):  # the second are the corners of a turned box
        draw_polygon(canvas, points, value)
    elif kind == "rectangle":
        if len(points) == 2:
            draw_box(canvas, points, value)
        else:
            draw_polygon(canvas, points, value)
    elif kind == "circle":
        (x, y), (u, v) = points
        radius = math.hypot(u - x, v - y)
        draw_ellipse(canvas, (x, y), (radius, radius), value)
    elif kind == "mask":
        _draw_mask(canvas, points, shape["mask"], value)
    else:
        raise AssertionError(f"a {kind} was refused before")


def _draw_mask(canvas: np.ndarray, points: list[tuple[float, float]], text: str, value: int) -> None:
    """A small picture in base64, whose corners are two points."""
    with Image.open(io.BytesIO(base64.b64decode(text))) as picture:
        inside = np.asarray(picture.convert("L")) > 0
    left, top = (round(min(values)) for values in zip(*points, strict=True))
    part = canvas[max(top, 0) : top + inside.shape[0], max(left, 0) : left + inside.shape[1]]
    part[inside[max(-top, 0) :, max(-left, 0) :][: part.shape[0], : part.shape[1]]] = value
