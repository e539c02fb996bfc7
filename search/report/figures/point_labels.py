"""Labels of points: words beside them that cover neither each other nor, if it can be helped, the points.

Used by `search.report.figures.front_panel` once the axes have their final place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform

_SIZE = 8  # of the letters, in points
_CLEARANCE = 1.0  # pixels between two labels
_DOT = 3.0  # pixels that a point reaches around its centre
# Where a label may stand as seen from its point, best first; a second round tries twice as far away.
_SIDES = ((-1, 1), (1, 1), (-1, -1), (1, -1), (-1, 0), (1, 0), (0, 1), (0, -1))
_ACROSS: tuple[Literal["center", "left", "right"], ...] = ("center", "left", "right")
_UP: tuple[Literal["center", "bottom", "top"], ...] = ("center", "bottom", "top")


@dataclass(frozen=True)
class Label:
    """Words for a point.

    Args:
        words: what is written, as it is.
        at: the point.
        transform: of the point's coordinates.
        colour: of the words.
        gap: distance from the point, in points.
        needed: whether it is written even where there is no room.
    """

    words: str
    at: tuple[float, float]
    transform: Transform
    colour: str
    gap: float
    needed: bool


@dataclass(frozen=True)
class _Box:
    """A rectangle in pixels, from its lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: _Box) -> bool:
        return not (
            self.right + _CLEARANCE < other.left
            or other.right + _CLEARANCE < self.left
            or self.top + _CLEARANCE < other.bottom
            or other.top + _CLEARANCE < self.bottom
        )

    def within(self, other: _Box) -> bool:
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.bottom <= self.bottom
            and self.top <= other.top
        )

    def covers(self, points: np.ndarray) -> int:
        across, up = points.T
        beside = (across > self.left - _DOT) & (across < self.right + _DOT)
        return int(np.count_nonzero(beside & (up > self.bottom - _DOT) & (up < self.top + _DOT)))


def place_labels(axes: Axes, labels: Iterable[Label], avoid: np.ndarray) -> None:
    """Write labels, needed ones first; one that finds no room is left out unless it is needed.

    Args:
        axes: where; their size must not change any more.
        labels: what to write.
        avoid: (n, 2) pixels that had better stay visible.
    """
    figure: Any = axes.get_figure()
    renderer = figure.canvas.get_renderer()
    frame = _make_box(axes.get_window_extent(renderer))
    taken: list[_Box] = []
    for label in sorted(labels, key=lambda label: not label.needed):
        text = axes.annotate(
            label.words,
            label.at,
            xycoords=label.transform,
            xytext=(0, 0),
            textcoords="offset points",
            fontsize=_SIZE,
            color=label.colour,
            parse_math=False,  # a $ is a $
            zorder=6,
        )
        text.set_in_layout(False)
        size = text.get_window_extent(renderer)
        spots = list(_list_spots(label, (size.width, size.height), figure.dpi / 72))
        troubles = [_measure_trouble(box, frame, taken, avoid) for *_, box in spots]
        best = min(range(len(spots)), key=troubles.__getitem__)
        if troubles[best][0] and not label.needed:
            text.remove()
            continue
        side, offset, box = spots[best]
        text.set_position(offset)
        text.set_horizontalalignment(_ACROSS[side[0]])
        text.set_verticalalignment(_UP[side[1]])
        taken.append(box)


def _list_spots(
    label: Label, size: tuple[float, float], pixels: float
) -> Iterator[tuple[tuple[int, int], tuple[float, float], _Box]]:
    """Side, offset in points and box in pixels of every place where the label may stand."""
    width, height = size
    x, y = label.transform.transform(label.at)
    for gap in (label.gap, 2 * label.gap):
        for side in _SIDES:
            # On the diagonals as far from the point as straight up or aside.
            reach = gap * (0.75 if all(side) else 1.0)
            offset = (side[0] * reach, side[1] * reach)
            left = x + offset[0] * pixels + (side[0] - 1) / 2 * width
            bottom = y + offset[1] * pixels + (side[1] - 1) / 2 * height
            yield side, offset, _Box(left, bottom, left + width, bottom + height)


def _measure_trouble(box: _Box, frame: _Box, taken: Sequence[_Box], avoid: np.ndarray) -> tuple[int, int]:
    """Labels met, with the end of the axes as one more, and then points covered."""
    met = sum(box.meets(other) for other in taken) + (not box.within(frame))
    return met, box.covers(avoid)


def _make_box(extent: Any) -> _Box:
    return _Box(extent.x0, extent.y0, extent.x1, extent.y1)
