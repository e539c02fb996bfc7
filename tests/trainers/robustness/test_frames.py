"""Normals against those that follow from depth, in frames that are not theirs."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.trainers.robustness.rooms import draw_split
from trainers.robustness.frames import FRAMES, fit_axes, remark_axes
from trainers.robustness.geometry import FIELDS_OF_VIEW
from trainers.tasks.axes import Axes, turn_axes
from trainers.tasks.depth import Depth
from trainers.tasks.normals import Normals

SPLIT = draw_split(6, 64)
DEPTH = SPLIT.targets["depth"].numpy()
TRUE = SPLIT.targets["normals"].numpy()
"""Of drawn rooms, in a frame that the first test finds."""
RIGHT = fit_axes(SPLIT.targets["depth"], SPLIT.targets["normals"], FIELDS_OF_VIEW, FRAMES)[0]


def store(axes: Axes) -> np.ndarray:
    """The rooms' normals with components that point so."""
    canonical = turn_axes(TRUE, RIGHT.axes)
    order = np.eye(3)
    stored = [next(r for r in range(3) if turn_axes(order[k : k + 1], axes)[0, r]) for k in range(3)]
    signs = [turn_axes(order[k : k + 1], axes)[0].sum() for k in range(3)]
    return np.stack([canonical[:, axis] * sign for axis, sign in zip(stored, signs, strict=True)], 1).astype(np.float32)


@pytest.mark.parametrize("axes", FRAMES[::5])
def test_each_frame_is_found(axes: Axes) -> None:
    best, usual = fit_axes(torch.from_numpy(DEPTH), torch.from_numpy(store(axes)), FIELDS_OF_VIEW, FRAMES[:1])
    assert best.axes == axes
    assert best.angle < 8
    assert best.field_of_view == RIGHT.field_of_view
    assert (usual.axes, usual.angle > 45) == (FRAMES[0], axes != FRAMES[0])


@pytest.mark.parametrize("axes", [("right", "down", "forward"), ("right", "up", "back")])
def test_nothing_is_told_of_usual_axes(axes: Axes) -> None:
    assert remark_axes([Depth("d"), Normals("n")], {"d": DEPTH, "n": store(axes)}) == []


def test_the_line_that_mends_other_axes_is_told_and_mends_them() -> None:
    raw = store(("back", "up", "right"))  # blue first, as OpenCV writes

    (note,) = remark_axes([Depth("d"), Normals("n")], {"d": DEPTH, "n": raw})

    assert note.startswith(
        "task 'n': normals computed from task 'd' agree with components that point back, up, right ("
    )
    assert "not with such that point right, and up or down, and forward or back (" in note
    assert note.endswith("guessed): say axes: [back, up, right] in the task if that is so")
    mended = Normals("n", axes=("back", "up", "right"))
    assert remark_axes([Depth("d"), mended], {"d": DEPTH, "n": mended.decode(raw, "n")}) == []


def test_axes_that_are_said_wrongly_are_told_and_mended() -> None:
    raw, wrong = store(("right", "up", "back")), Normals("n", axes=("down", "left", "back"), field_of_view=90)

    (note,) = remark_axes([Depth("d"), wrong], {"d": DEPTH, "n": wrong.decode(raw, "n")})

    assert "not with such that point as they are said (" in note
    assert note.endswith("degrees, as given): say axes: [right, up, back] in the task if that is so")


def test_normals_that_depth_says_nothing_of_are_left_alone() -> None:
    noise = np.random.default_rng(0).normal(size=TRUE.shape).astype(np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    tasks = [Depth("d"), Normals("n")]
    assert remark_axes(tasks, {"d": DEPTH, "n": noise}) == []
    assert remark_axes(tasks, {"d": np.zeros_like(DEPTH), "n": TRUE}) == []
    assert remark_axes(tasks[1:], {"n": TRUE}) == []
