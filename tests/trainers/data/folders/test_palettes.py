"""Index colours: one id is one colour in all files, or else it is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.trainers.data.folders.drawn import draw, paint, write_grey
from tests.trainers.data.masks import refusal

BLACK, RED, GREEN = (0, 0, 0), (255, 0, 0), (0, 255, 0)


@pytest.mark.parametrize("suffix", [".png", ".gif", ".tif"])
def test_colours_in_two_orders_are_refused(tmp_path: Path, suffix: str) -> None:
    def write(path: Path, ids: np.ndarray, number: int) -> None:
        swapped = np.array([0, 2, 1], np.uint8)[ids] if number % 2 else ids
        paint(path.with_suffix(suffix), swapped, [BLACK, GREEN, RED] if number % 2 else [BLACK, RED, GREEN])

    task = f'parts: {{kind: segmentation, files: "{{split}}/label/{{id}}{suffix}", classes: 3}}'
    message = refusal(draw(tmp_path, write, task))

    place = tmp_path / "train" / "label"
    assert message == (
        f"{place}/1{suffix} of task 'parts': id 1 has colour (0, 255, 0) in its palette, and (255, 0, 0) in that of "
        f"{place}/0{suffix}, so one number would mean two things; save all files with one palette, or the ids as grey "
        "values"
    )


def test_colours_that_no_pixel_has_do_not_matter(tmp_path: Path) -> None:
    data = draw(tmp_path, lambda path, ids, number: paint(path, ids, [BLACK, RED, GREEN, (number, 9, 9)]))

    data.check()

    assert data.notes() == []


def test_files_without_a_palette_among_others_are_told(tmp_path: Path) -> None:
    data = draw(tmp_path, lambda p, ids, n: paint(p, ids, [BLACK, RED, GREEN]) if n else write_grey(p, ids, n))

    data.check()

    (note,) = data.notes()
    assert note.startswith(
        f"task 'parts': 9 of 12 files looked at have a palette, such as {tmp_path}/train/label/1.png"
    )
    assert note.endswith("others have none, such as " f"{tmp_path}/train/label/0.png; the numbers in both are read as "
                         "ids: see that they mean the same")  # fmt: skip


def test_greys_with_a_palette_of_greys_among_others_are_right(tmp_path: Path) -> None:
    ramp = [(grey, grey, grey) for grey in range(3)]
    data = draw(tmp_path, lambda p, ids, n: paint(p, ids, ramp) if n else write_grey(p, ids, n))

    assert data.notes() == []


def test_two_ids_of_one_colour_are_told(tmp_path: Path) -> None:
    data = draw(tmp_path, lambda path, ids, number: paint(path, ids, [BLACK, RED, RED]))

    data.check()

    assert data.notes() == [
        f"task 'parts': ids 1 and 2 have one colour (255, 0, 0) in the palette of {tmp_path}/train/label/0.png: see "
        "that they are two classes"
    ]
