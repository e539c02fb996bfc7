from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from spaces.drawing.task_colours import PALETTE, pick_colour

# Linear RGB as seen by everybody, without green and without red cones: Machado, Oliveira and Fernandes (2009).
SIGHTS = {
    "all cones": np.eye(3),
    "deuteranopia": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
    "protanopia": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def read_linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def read_lab(linear: np.ndarray) -> np.ndarray:
    share = XYZ @ np.clip(linear, 0, 1) / XYZ.sum(1)
    x, y, z = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize(("tasks", "least"), [(3, 50), (4, 50), (5, 40), (6, 35), (8, 32)])
def test_colours_of_tasks_are_apart_to_all_eyes(sight: str, tasks: int, least: float) -> None:
    """In CIELAB, where 2.3 is just seen; the colours before these were 3 apart for five tasks, 7 for three."""
    seen = [read_lab(SIGHTS[sight] @ read_linear(colour)) for colour in PALETTE[:tasks]]
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) > least


@pytest.mark.parametrize("ground", ["#ffffff", "#1e2329"])
def test_colours_are_seen_on_white_and_on_the_page_s_dark_ground(ground: str) -> None:
    for colour in PALETTE:
        light, dark = sorted((XYZ[1] @ read_linear(each) for each in (colour, ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) > 1.75


def test_there_are_as_many_as_wanted() -> None:
    assert len({pick_colour(index) for index in range(60)}) == 60
