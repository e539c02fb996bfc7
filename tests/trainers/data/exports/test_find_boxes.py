from __future__ import annotations

from pathlib import Path

import pytest

from tests.trainers.data.exports.exported import draw, save
from trainers.data.exports.find_boxes import find_boxes
from trainers.data.exports.ready import UnfitError

VOC = "<annotation><object><name>cat</name><difficult>1</difficult><bndbox/><bndbox></bndbox></object></annotation>"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Annotations/1.xml", VOC, "of PASCAL VOC's boxes, which tell no pixels, and no folder SegmentationClass"),
        ("set/Annotations/1.xml", VOC, "or write a table with a row an image and 1 or 0 for every class"),
        ("ImageSets/Main/cat_train.txt", "1 -1\n2 0\n", "of PASCAL VOC's boxes, which tell no pixels"),
        ("labels/train/1.txt", "0 0.5 0.5 0.2 0.1\n12 0 0 1 1e-3\n", "YOLO's boxes or outlines, which are not read"),
        ("labels.xlsx", "PK", "a table of a kind that is not read; save it as CSV, UTF-8, a row an image"),
    ],
)
def test_what_tells_no_pixels_is_told(tmp_path: Path, name: str, text: str, expected: str) -> None:
    save(tmp_path / "images" / "1.png", draw(1)[0])
    assert find_boxes(tmp_path) is None
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text)

    with pytest.raises(UnfitError) as caught:
        find_boxes(tmp_path)

    assert str(caught.value).startswith(f"{tmp_path / name}: ")
    assert expected in str(caught.value)


def test_other_texts_are_none(tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "1.txt").write_text("cat\ndog\n")
    (tmp_path / "sheet.xlsx").touch()
    assert find_boxes(tmp_path) is None
