from __future__ import annotations

import numpy as np
import pytest

from trainers.data.folders.id_advice import list_ids, mend_ids, write_map
from trainers.tasks.segmentation import Segmentation

MARK = "add what marks unlabelled pixels to invalid (invalid: [-1, {}])"


@pytest.mark.parametrize(
    ("ids", "classes", "advice"),
    [
        ([0, 255], 2, "say map: {0: 0, 255: 1} if these are the classes in this order"),
        ([0, 7, 24], 3, "say map: {0: 0, 7: 1, 24: 2} if these are the classes in this order"),
        (
            [0, 1, 255],
            3,
            f"say map: {{0: 0, 1: 1, 255: 2}} if these are the classes in this order, or {MARK.format(255)}",
        ),
        ([0, 1, 2, 255], 3, MARK.format(255)),
        (
            [0, 7, 24, 255],
            3,
            f"{MARK.format(255)}, and say map: {{0: 0, 7: 1, 24: 2}} if the others are the classes in this order",
        ),
        (
            [-100, 1, 2],
            3,
            f"{MARK.format(-100)}, or say map: {{-100: 0, 1: 1, 2: 2}} if these are the classes in this order",
        ),
        ([-100, 0, 1, 2], 3, MARK.format(-100)),
        ([-100, 0, 1, 2, 255], 3, MARK.format("-100, 255")),
        (
            [-100, 0, 7, 24],
            3,
            f"{MARK.format(-100)}, and say map: {{0: 0, 7: 1, 24: 2}} if the others are the classes in this order",
        ),
        ([1, 2, 3], 3, "say first_class: 1, for ids start at 1"),
        (
            [0, 15, 255],
            21,
            f"{MARK.format(255)}, raise classes, give it a class with map, or say first_class: 1 where ids start at 1",
        ),
        (
            [10, 20, 30],
            2,
            f"name 3 classes and say map: {{10: 0, 20: 1, 30: 2}} if these are the classes in this order; or "
            f"{MARK.format(30)}, or raise classes",
        ),
        (
            [0, 50, 90],
            5,
            f"say map: {{0: 0, 50: 1, 90: 2}} if these are the classes in this order; or {MARK.format(90)}, or raise "
            "classes",
        ),
        (list(range(70)), 3, "70 different ids were seen: are they classes? Else draw or export the masks anew"),
    ],
)
def test_the_advice_is_a_line_to_paste(ids: list[int], classes: int, advice: str) -> None:
    assert mend_ids(ids, Segmentation("it", classes=classes)) == advice


def test_a_map_begins_at_the_first_class() -> None:
    assert write_map([7, 24], 1) == "{7: 1, 24: 2}"


def test_ids_are_whole_and_mark_nothing() -> None:
    task = Segmentation("it", classes=3, invalid=(255,))
    assert list_ids(np.array([[0, 255, 9]], np.uint8), task) == {0, 9}
    assert list_ids(np.array([0.5, np.nan, np.inf, 2.0]), task) == {2}


def test_marks_that_are_seen_may_be_classes() -> None:
    assert mend_ids([0, 128], Segmentation("it", classes=3, invalid=(255,)), [255]) == (
        "say map: {0: 0, 128: 1, 255: 2} if these are the classes in this order, and take 255 out of invalid; or add "
        "what marks unlabelled pixels to invalid (invalid: [255, 128])"
    )
