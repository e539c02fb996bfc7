"""What is inside of what was drawn: pixels whose centre is."""

from __future__ import annotations

import numpy as np
import pytest

from spaces.errors import DataError
from trainers.data.exports.shapes import (
    draw_box,
    draw_ellipse,
    draw_polygon,
    draw_runs,
    find_class,
    make_canvas,
)


def canvas(height: int = 8, width: int = 10) -> np.ndarray:
    return np.zeros((height, width), np.int32)


def test_a_rectangle_has_the_pixels_between_its_corners() -> None:
    drawn, expected = canvas(), canvas()
    expected[2:5, 3:9] = 7
    draw_polygon(drawn, [(3, 2), (9, 2), (9, 5), (3, 5)], 7)
    assert np.array_equal(drawn, expected)
    drawn = canvas()
    draw_box(drawn, [(9, 5), (3, 2)], 7)
    assert np.array_equal(drawn, expected)


def test_any_polygon_has_about_its_area() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
        points = np.stack([np.cos(angles), np.sin(angles)], 1) * rng.uniform(20, 45, (9, 1)) + 50
        x, y = points.T
        area = abs(float(x @ np.roll(y, 1) - y @ np.roll(x, 1))) / 2
        drawn = canvas(100, 100)
        draw_polygon(drawn, [tuple(point) for point in points], 1)
        assert drawn.sum() == pytest.approx(area, rel=0.06)


def test_a_pixel_is_inside_if_its_centre_is() -> None:
    rng = np.random.default_rng(1)
    rows, columns = np.mgrid[:24, :30] + 0.5
    for _ in range(30):
        points = rng.uniform(-4, 34, (rng.integers(3, 9), 2))
        drawn, expected = canvas(24, 30), np.zeros((24, 30), bool)
        draw_polygon(drawn, [tuple(point) for point in points], 1)
        for (x, y), (u, v) in zip(points, np.roll(points, -1, axis=0), strict=True):
            between = (y <= rows) != (v <= rows)
            expected ^= between & (columns >= x + (rows - y) * (u - x) / (v - y))
        assert np.array_equal(drawn, expected)


def test_what_lies_outside_is_cut_off_and_what_has_no_area_is_nothing() -> None:
    drawn = canvas()
    draw_polygon(drawn, [(-5, -5), (3, -5), (3, 3), (-5, 3)], 1)
    assert (drawn.sum(), drawn[:3, :3].sum()) == (9, 9)
    for points in ([], [(1, 1), (5, 5)], [(20, 20), (30, 20), (30, 30)]):
        before = drawn.copy()
        draw_polygon(drawn, points, 2)
        assert np.array_equal(drawn, before)


def test_a_circle_has_about_its_area() -> None:
    drawn = canvas(60, 60)
    draw_ellipse(drawn, (30, 30), (20, 20), 1)
    assert drawn.sum() == pytest.approx(np.pi * 400, rel=0.01)
    assert np.array_equal(drawn, drawn[::-1])
    draw_ellipse(drawn, (30, 30), (0, 5), 2)
    assert drawn.max() == 1


def test_run_lengths_go_down_columns_or_along_rows() -> None:
    drawn = canvas(2, 3)
    draw_runs(drawn, [1, 2, 3], 1)
    assert drawn.tolist() == [[0, 1, 0], [1, 0, 0]]
    drawn = canvas(2, 3)
    draw_runs(drawn, [1, 2, 3], 1, by_columns=False)
    assert drawn.tolist() == [[0, 1, 1], [0, 0, 0]]
    with pytest.raises(ValueError, match="run lengths of 5 pixels for 6"):
        draw_runs(drawn, [2, 3], 1)


def test_ground_is_the_background_or_invalid() -> None:
    assert make_canvas(["a", "Background"], 1, 2, "x").tolist() == [[1, 1]]
    assert make_canvas(["a", "b"], 1, 1, "x").tolist() == [[-1]]
    with pytest.raises(DataError, match=r"x: want the names of the classes, classes: \[background, NAME"):
        make_canvas([], 1, 1, "x")
    with pytest.raises(DataError, match="x: an image of 0x5 pixels; want its height and width"):
        make_canvas(["a"], 0, 5, "x")


def test_labels_are_found_by_name() -> None:
    assert find_class(["background", "cat"], "cat", "x") == 1
    assert find_class(["cat"], "_background_", "x") == -1
    with pytest.raises(DataError, match=r"x: label 'dog' is no class \(cat\); add it to classes"):
        find_class(["cat"], "dog", "x")
