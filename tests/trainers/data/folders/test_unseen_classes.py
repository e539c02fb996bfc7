"""Classes that no file has are told, and rare ones are looked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.trainers.data.folders.drawn import PARTS, draw, write_grey
from trainers.data.folders import unseen_classes
from trainers.data.folders.unseen_classes import find_unseen, tell_unseen
from trainers.tasks.classification import Classification
from trainers.tasks.segmentation import Segmentation


def named(more: str) -> str:
    return PARTS.replace("classes: 3", f"classes: {more}")


@pytest.mark.parametrize(
    ("classes", "told"),
    [
        ("3", None),
        ("4", "class 3 is in no target of any split, so that nothing of it is learnt or measured; see that classes, "),
        ("[a, b, c, d]", "class 3 (d) is in no target of any split"),
        ("5, first_class: 0", "classes 3, 4 are in no target of any split, so that nothing of them is learnt"),
        ("4, map: {0: 0, 1: 2, 2: 3}", "class 1 is in no target of any split"),
    ],
)
def test_a_class_without_a_pixel_is_told(tmp_path: Path, classes: str, told: str | None) -> None:
    notes = draw(tmp_path, write_grey, named(classes)).notes()

    assert len(notes) == (told is not None)
    if told:
        assert notes[0].startswith(f"task 'parts': {told}")


def test_a_rare_class_is_looked_for_in_all_files(tmp_path: Path) -> None:
    def write(path: Path, ids: np.ndarray, number: int) -> None:
        rare = np.full_like(ids, 3)
        write_grey(path, rare if "test" in str(path) and number == 17 else ids, number)

    assert draw(tmp_path, write, named("4"), count=40).notes() == []


def test_of_many_files_some_are_looked_at_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unseen_classes, "AT_ONCE", 5)
    monkeypatch.setattr(unseen_classes, "SURFACE", 8 * 12 * 7)
    data = draw(tmp_path, write_grey, named("4"))

    (note,) = find_unseen({split: data.samples(split) for split in ("train", "val", "test")})

    assert note.startswith("task 'parts': class 3 is in none of 10 of 12 files looked at, so that")


def test_labels_of_whole_images_have_classes_too() -> None:
    task = Classification("room", classes=("kitchen", "office", "hall"), first_class=1)
    (note,) = tell_unseen(task, {0, 2})
    assert note.startswith("task 'room': classes 1 (kitchen), 3 (hall) are in no target of any split")
    assert tell_unseen(Segmentation("s", classes=3), set()) == []
