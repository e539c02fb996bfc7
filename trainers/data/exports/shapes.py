"""Areas that people drew, as class ids: polygons, boxes, ellipses, run lengths; a later one lies over an earlier one.

A pixel belongs to an area that its centre lies in; the pixel in the corner reaches from (0, 0) to (1, 1).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from spaces.common.formatting import format_list
from spaces.errors import DataError
from trainers.data.exports.entries import Remark

INVALID = -1
"""Of pixels that count for nothing; what the task kinds take for invalid when nothing else is said."""
BACKGROUNDS = ("background", "_background_", "__background__")
SHOWN = 4
"""Kinds of shapes in a message."""
Points = Sequence[tuple[float, float]]


def make_canvas(names: Sequence[str], height: int, width: int, where: str) -> np.ndarray:
    """Class ids ``(H, W)`` before anything is drawn: the background, or invalid where no class is called so.

    Raises:
        DataError: the classes have no names, or the image has no size.
    """
    if not names:
        raise DataError(f"{where}: want the names of the classes, classes: [background, NAME, ...], to tell labels by")
    if height < 1 or width < 1:
        raise DataError(f"{where}: an image of {height}x{width} pixels; want its height and width")
    ground = next((index for index, name in enumerate(names) if name.lower() in BACKGROUNDS), INVALID)
    return np.full((height, width), ground, np.int32)


def find_class(names: Sequence[str], label: str, where: str) -> int:
    """The id of a label.

    Raises:
        DataError: no class is called so.
    """
    if label in names:
        return list(names).index(label)
    if label.lower() in BACKGROUNDS:  # drawn although no class is
        return INVALID
    raise DataError(f"{where}: label {label!r} is no class ({', '.join(names)}); add it to classes")


def draw_polygon(canvas: np.ndarray, points: Points, value: int) -> None:
    """Fill a polygon, in place; fewer than three points have no area."""
    if len(points) < 3:
        return
    array = np.asarray(points, float)
    height, width = canvas.shape
    left, top = np.clip(np.floor(array.min(0)), 0, (width, height)).astype(int)
    right, bottom = np.clip(np.ceil(array.max(0)), 0, (width, height)).astype(int)
    if right <= left or bottom <= top:
        return
    canvas[top:bottom, left:right][_find_inside(array - (left, top), bottom - top, right - left)] = value


def _find_inside(points: np.ndarray, height: int, width: int) -> np.ndarray:
    """Pixels ``(H, W)`` whose centres an odd number of edges stands left of; Pillow would fill the border, too."""
    crossed = np.zeros((height, width + 1), np.int64)
    centres = np.arange(height) + 0.5
    for (x, y), (u, v) in zip(points, np.roll(points, -1, axis=0), strict=True):
        rows = np.flatnonzero((y <= centres) != (v <= centres))
        if rows.size:
            places = x + (centres[rows] - y) * ((u - x) / (v - y))
            crossed[rows, np.clip(np.ceil(places - 0.5), 0, width).astype(int)] += 1
    return np.cumsum(crossed, axis=1)[:, :width] % 2 == 1


def draw_box(canvas: np.ndarray, points: Points, value: int, turn: float = 0) -> None:
    """Fill the rectangle between two corners, in place, turned clockwise around its centre by so many radians."""
    (x, y), (u, v) = points
    corners = np.array([(x, y), (u, y), (u, v), (x, v)], float)
    if turn:
        centre = corners.mean(0)
        cosine, sine = math.cos(turn), math.sin(turn)
        corners = centre + (corners - centre) @ np.array([[cosine, sine], [-sine, cosine]])
    draw_polygon(canvas, [(float(x), float(y)) for x, y in corners], value)


def draw_ellipse(
    canvas: np.ndarray, centre: tuple[float, float], radii: tuple[float, float], value: int, turn: float = 0
) -> None:
    """Fill an ellipse, in place, turned clockwise by so many radians."""
    (x, y), (a, b) = centre, radii
    rows, columns = np.ogrid[: canvas.shape[0], : canvas.shape[1]]
    right, down = columns + 0.5 - x, rows + 0.5 - y
    along = right * math.cos(turn) + down * math.sin(turn)
    across = down * math.cos(turn) - right * math.sin(turn)
    if a > 0 and b > 0:
        canvas[(along / a) ** 2 + (across / b) ** 2 <= 1] = value


def remark_thin(where: str, shapes: Sequence[str]) -> list[Remark]:
    """That shapes without an area are left out.

    Args:
        where: they were found.
        shapes: kind and label of each.
    """
    if not shapes:
        return []
    counts = format_list((f"{count} {shape}" for shape, count in Counter(shapes).most_common()), SHOWN)
    return [Remark(f"{where}: left out is what has no area: {counts}; draw polygons around it where it counts")]


def draw_runs(canvas: np.ndarray, counts: Sequence[int], value: int, *, by_columns: bool = True) -> None:
    """Fill what run lengths say: pixels beside, inside, beside ... from the upper left, in place.

    Raises:
        ValueError: they are more or fewer than the pixels.
    """
    if sum(counts) != canvas.size or min(counts, default=0) < 0:
        raise ValueError(f"run lengths of {sum(counts)} pixels for {canvas.size}")
    runs = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    height, width = canvas.shape
    canvas[runs.reshape(width, height).T if by_columns else runs.reshape(height, width)] = value


def explain_undrawn(kinds: Sequence[str], first: str, tool: str) -> str:
    """What is said of shapes that are not drawn.

    Args:
        kinds: kind and label of each.
        first: the image that has the first.
        tool: in which they were drawn.
    """
    counts = format_list((f"{count} {kind}" for kind, count in Counter(kinds).most_common()), SHOWN)
    return (
        f"{counts} (the first in {first}) cannot be drawn, for what they cover of the picture is not said; draw "
        f"polygons around it in {tool}, or delete them there, and export again"
    )
