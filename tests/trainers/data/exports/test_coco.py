"""COCO's instances, drawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spaces.errors import DataError
from trainers.data.exports.coco import classes, decode_counts, read_instances, remark_instances

NAMES = ("background", "cat", "dog")
SQUARE = [1, 1, 3, 1, 3, 3, 1, 3]


def write(path: Path, *annotations: dict[str, Any], **more: Any) -> Path:
    content = {
        "categories": [{"id": 90, "name": "dog"}, {"id": 2, "name": "cat"}],
        "images": [{"id": 5, "file_name": "a/x.png", "height": 4, "width": 5}],
        "annotations": [{"id": n, "image_id": 5, "category_id": 90, **each} for n, each in enumerate(annotations)],
    }
    path.write_text(json.dumps(content | more))
    return path


def drawn(path: Path, *annotations: dict[str, Any], names: tuple[str, ...] = NAMES) -> list[list[int]]:
    return classes(Path("/data/a/x.png"), write(path / "t.json", *annotations), names).tolist()


def encode(counts: list[int]) -> str:
    """COCO's compression, the slow way: five bits a character."""
    text = ""
    for index, count in enumerate(counts):
        value = count - counts[index - 2] if index > 2 else count
        more = True
        while more:
            bits, value = value & 31, value >> 5
            more = value != (-1 if bits & 16 else 0)
            text += chr((bits | 32 * more) + 48)
    return text


def test_later_instances_lie_over_earlier_ones_and_crowds_below_as_invalid(tmp_path: Path) -> None:
    cat = {"category_id": 2, "segmentation": [[0, 0, 2, 0, 2, 2, 0, 2], [4, 3, 5, 3, 5, 4, 4, 4]]}
    crowd = {"iscrowd": 1, "segmentation": {"size": [4, 5], "counts": [0, 20]}}

    assert drawn(tmp_path, {"segmentation": [SQUARE]}, cat) == [
        [1, 1, 0, 0, 0],
        [1, 1, 2, 0, 0],
        [0, 2, 2, 0, 0],
        [0, 0, 0, 0, 1],
    ]
    assert drawn(tmp_path, cat, {"segmentation": [SQUARE]}, crowd)[0] == [1, 1, -1, -1, -1]
    assert drawn(tmp_path) == [[0] * 5] * 4
    assert drawn(tmp_path, cat, names=("cat", "dog"))[0] == [0, 0, -1, -1, -1]


def test_run_lengths_are_read_compressed_and_plain(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        counts = [int(rng.integers(0, 3)), *rng.integers(1, 5000, int(rng.integers(0, 9))).tolist()]
        assert decode_counts(encode(counts)) == counts
    counts = [5, 2, 2, 2, 9]
    for said in (counts, encode(counts)):
        assert drawn(tmp_path, {"segmentation": {"size": [4, 5], "counts": said}}) == [
            [0, 0, 0, 0, 0],
            [0, 2, 2, 0, 0],
            [0, 2, 2, 0, 0],
            [0, 0, 0, 0, 0],
        ]


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (
            {"segmentation": []},
            "annotation 0 of x.png: no segmentation, so a box at most, which tells no pixels; export",
        ),
        ({"segmentation": [[1, 2, 3]]}, "annotation 0 of x.png: segmentation cannot be read ("),
        ({"segmentation": {"counts": [3]}}, "segmentation cannot be read (run lengths of 3 pixels for 20)"),
        (
            {"segmentation": {"size": [5, 4], "counts": [0, 20]}},
            "segmentation cannot be read (run lengths of size [5, 4], the image has height and width [4, 5])",
        ),
        ({"segmentation": [SQUARE], "category_id": 4}, "category_id 4 is none of categories"),
    ],
)
def test_what_cannot_be_drawn_is_refused(tmp_path: Path, annotation: dict[str, Any], expected: str) -> None:
    with pytest.raises(DataError) as caught:
        drawn(tmp_path, annotation)
    assert expected in str(caught.value)


def test_labels_and_images_have_to_be_known(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"label 'dog' is no class \(background, cat\); add it to classes"):
        drawn(tmp_path, {"segmentation": [SQUARE]}, names=("background", "cat"))
    with pytest.raises(DataError, match=r"t\.json: no entry of y\.png, it has a/x\.png; add it, or take the image out"):
        classes(Path("/data/a/y.png"), write(tmp_path / "t.json"), NAMES)
    for text in ("{}", "[]", "{", '{"images": 3}'):
        (tmp_path / "t.json").write_text(text)
        with pytest.raises(DataError, match=r"t\.json: no file of COCO's instances"):
            read_instances(tmp_path / "t.json")


def test_ids_may_be_numbers_here_and_texts_there(tmp_path: Path) -> None:
    outline = {"segmentation": [SQUARE], "image_id": "5"}
    assert drawn(tmp_path, outline) == drawn(tmp_path, {**outline, "image_id": 5}) != drawn(tmp_path)


def test_a_box_is_refused_once(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        drawn(tmp_path, {"bbox": [1, 1, 2, 2], "segmentation": []})
    assert str(caught.value) == (
        f"{tmp_path}/t.json: annotation 0 of x.png: no segmentation, so a box at most, which tells no pixels; export "
        "polygons or masks"
    )


def test_what_is_drawn_otherwise_or_not_at_all_is_told(tmp_path: Path) -> None:
    box = {"bbox": [3, 2, 2, 2], "category_id": 2}
    crowd = {"iscrowd": 1, "segmentation": {"size": [4, 5], "counts": [16, 4]}}
    file = write(tmp_path / "t.json", {"segmentation": [SQUARE]}, {"segmentation": [[1, 1, 2, 2]]}, box, crowd)

    assert classes(Path("/data/a/x.png"), file, NAMES).tolist() == [
        [0, 0, 0, 0, -1],
        [0, 2, 2, 0, -1],
        [0, 2, 2, -1, -1],
        [0, 0, 0, -1, -1],
    ]
    assert [remark.text for remark in remark_instances([], file, NAMES, None)] == [
        f"{file}: 1 crowds (iscrowd), which count as not known",
        f"{file}: 1 boxes without an outline, which count as not known",
        f"{file}: 1 outlines of fewer than three points, which have no area and are left out",
    ]


def test_shares_of_width_and_height_are_drawn_as_such(tmp_path: Path) -> None:
    shares = [number / (5, 4)[place % 2] for place, number in enumerate(SQUARE)]
    assert drawn(tmp_path, {"segmentation": [shares]}) == drawn(tmp_path, {"segmentation": SQUARE})
    assert drawn(tmp_path, {"segmentation": [shares]})[1] == [0, 2, 2, 0, 0]
    write(tmp_path / "t.json", {"segmentation": [shares]})
    (remark,) = remark_instances([], tmp_path / "t.json", NAMES, None)
    assert remark.text == f"{tmp_path / 't.json'}: polygons are in shares of width and height, and are drawn so"


def test_paths_of_another_machine_are_found_by_their_ends(tmp_path: Path) -> None:
    images = [{"id": 5, "file_name": "C:\\set\\a\\x.png", "height": 4, "width": 5}]
    file = write(tmp_path / "t.json", {"segmentation": [SQUARE]}, images=images)
    assert classes(Path("/data/x.png"), file, NAMES)[1].tolist() == [0, 2, 2, 0, 0]
    assert remark_instances([], file, NAMES, None)[0].text == (
        f"{file} names images by paths that are not here, such as C:\\set\\a\\x.png; it is taken for x.png"
    )


def test_an_image_that_is_named_twice_has_the_annotations_of_both(tmp_path: Path) -> None:
    images = [{"id": number, "file_name": "x.png", "height": 4, "width": 5} for number in (5, 6)]
    other = {"segmentation": [[4, 3, 5, 3, 5, 4, 4, 4]], "image_id": 6}
    file = write(tmp_path / "t.json", {"segmentation": [SQUARE]}, other, images=images)
    assert classes(Path("/x.png"), file, NAMES)[[1, 3]].tolist() == [[0, 2, 2, 0, 0], [0, 0, 0, 0, 2]]
    (remark,) = remark_instances([], file, NAMES, None)
    assert remark.text == f"{file}: 1 images are named once more; the annotations of both are drawn"
