from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trainers.data.exports.exported import draw, paste, save
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
        (
            "Annotations/2.xml",
            VOC,
            "for every class that may be in it; 1 object is marked difficult: leave the cell of such a class empty",
        ),
        (
            "metadata.jsonl",
            '{"file_name": "1.png", "label": 3}\n',
            "a manifest of JSON lines, which is not read; write it as a table with a row an image: python -c 'import ",
        ),
        ("set/train.ndjson", '{"file_name": "1.png"}\n', "JSON lines"),
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


def test_the_command_for_a_manifest_makes_a_table_that_is_read(tmp_path: Path) -> None:
    lines = []
    for number in range(12):
        save(tmp_path / "train" / f"{number}.png", draw(number)[0])
        lines.append(json.dumps({"file_name": f"{number}.png", "wet": number % 2, "kind": "ab"[number % 2]}))
    (tmp_path / "metadata.jsonl").write_text("\n".join(lines))
    with pytest.raises(UnfitError) as caught:
        find_boxes(tmp_path)
    program = str(caught.value).partition("python -c '")[2].partition("'")[0]

    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)

    data = paste(tmp_path)
    data.check()
    assert list(data.available) == ["attributes", "kind"]
