from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from search.report.figures.point_labels import Label, place_labels


def _axes() -> Any:
    figure = Figure(figsize=(4, 3), dpi=100)
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.set(xlim=(0, 10), ylim=(0, 10))
    figure.draw_without_rendering()
    return axes


def _label(axes: Any, words: str, x: float, y: float, *, needed: bool = False) -> Label:
    return Label(words, (x, y), axes.transData, "black", 5.5, needed)


def _extents(axes: Any) -> dict[str, Any]:
    renderer = axes.figure.canvas.get_renderer()
    return {text.get_text(): text.get_window_extent(renderer) for text in axes.texts}


def test_labels_cover_neither_each_other_nor_the_end_of_the_axes() -> None:
    axes = _axes()
    corners = [(0.0, 0.0), (10.0, 0.0), (0.0, 10.0), (10.0, 10.0), (5.0, 5.0), (5.4, 5.0)]
    place_labels(axes, [_label(axes, f"{n}: $x$", *at) for n, at in enumerate(corners)], np.empty((0, 2)))
    boxes = _extents(axes)
    assert len(boxes) == len(corners)
    assert not any(one.overlaps(other) for one, other in combinations(boxes.values(), 2))
    frame = axes.get_window_extent()
    assert all(frame.x0 <= b.x0 and b.x1 <= frame.x1 and frame.y0 <= b.y0 and b.y1 <= frame.y1 for b in boxes.values())


def test_points_that_had_better_stay_visible_are_left_free() -> None:
    axes, free = _axes(), _axes()
    place_labels(free, [_label(free, "one", 5, 5)], np.empty((0, 2)))
    middle = _extents(free)["one"]
    avoid = np.array([[(middle.x0 + middle.x1) / 2, (middle.y0 + middle.y1) / 2]])
    place_labels(axes, [_label(axes, "one", 5, 5)], avoid)
    assert not _extents(axes)["one"].contains(*avoid[0])


def test_without_room_what_is_not_needed_is_left_out() -> None:
    axes = _axes()
    crowd = [_label(axes, f"many words {n}", 5, 5) for n in range(40)]
    place_labels(axes, [*crowd, _label(axes, "needed", 5, 5, needed=True)], np.empty((0, 2)))
    written = set(_extents(axes))
    assert "needed" in written
    assert 1 < len(written) < 41
