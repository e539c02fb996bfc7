"""LabelMe's files, drawn."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from spaces.errors import DataError
from trainers.data.exports.labelme import classes, remark_shapes

NAMES = ("_background_", "cat", "dog")


def drawn(path: Path, *shapes: dict[str, Any]) -> list[list[int]]:
    content = {"imageHeight": 4, "imageWidth": 5, "shapes": [{"label": "cat", **each} for each in shapes]}
    path.write_text(json.dumps(content))
    return classes(path, NAMES).tolist()


def test_later_shapes_lie_over_earlier_ones(tmp_path: Path) -> None:
    box = {"shape_type": "rectangle", "points": [[0, 0], [3, 2]]}
    other = {"label": "dog", "points": [[2, 1], [5, 1], [5, 3], [2, 3]]}
    ignored = {"label": "__ignore__", "shape_type": "rectangle", "points": [[0, 3], [5, 4]]}

    assert drawn(tmp_path / "a.json", box, other, ignored) == [
        [1, 1, 1, 0, 0],
        [1, 1, 2, 2, 2],
        [0, 0, 2, 2, 2],
        [-1, -1, -1, -1, -1],
    ]
    assert drawn(tmp_path / "a.json", other, box)[1] == [1, 1, 1, 2, 2]


def test_circles_and_masks_are_read(tmp_path: Path) -> None:
    circle = {"shape_type": "circle", "points": [[2.5, 2], [2.5, 3.6]]}
    assert np.sum(drawn(tmp_path / "a.json", circle)) == 8
    picture = io.BytesIO()
    Image.fromarray(np.array([[255, 0], [255, 255]], np.uint8)).save(picture, "PNG")
    mask = {"shape_type": "mask", "points": [[3, 1], [5, 3]], "mask": base64.b64encode(picture.getvalue()).decode()}
    assert drawn(tmp_path / "a.json", mask)[1:3] == [[0, 0, 0, 1, 0], [0, 0, 0, 1, 1]]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (
            {"shape_type": "cuboid", "points": [[0, 0]] * 8},
            "a.json: 1 cuboid of 'cat' (the first in a.json) cannot be drawn, for",
        ),
        ({"shape_type": "circle", "points": [[0, 0]]}, "shape 0: cannot be read ("),
        ({"points": [[0, 0, 0]] * 3}, "shape 0: cannot be read ("),
        (
            {"label": "owl", "points": [[0, 0], [1, 0], [1, 1]]},
            "shape 0: label 'owl' is no class (_background_, cat, dog); add it to classes",
        ),
    ],
)
def test_what_has_no_area_or_no_class_is_refused(tmp_path: Path, shape: dict[str, Any], expected: str) -> None:
    with pytest.raises(DataError) as caught:
        drawn(tmp_path / "a.json", shape)
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"), [("{", "cannot be read as JSON"), ("{}", "no file of LabelMe's; want shapes")]
)
def test_other_files_are_refused(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(DataError) as caught:
        classes(tmp_path / "a.json", NAMES)
    assert expected in str(caught.value)


def test_corners_of_a_turned_box_are_a_polygon(tmp_path: Path) -> None:
    corners = [[2, 0], [4, 2], [2, 4], [0, 2]]
    assert drawn(tmp_path / "a.json", {"shape_type": "rotation", "points": corners}) == drawn(
        tmp_path / "a.json", {"points": corners}
    )


def test_what_has_no_area_is_left_out_and_told(tmp_path: Path) -> None:
    box = {"shape_type": "rectangle", "points": [[0, 0], [3, 2]]}
    line = {"label": "wire", "shape_type": "linestrip", "points": [[0, 0], [5, 4]]}
    click = {"points": [[1, 1]]}

    assert drawn(tmp_path / "a.json", line, box, click) == drawn(tmp_path / "a.json", box)
    drawn(tmp_path / "a.json", line, box, click)
    (remark,) = remark_shapes([tmp_path / "a.json"], None, NAMES, None)
    assert remark.text == (
        f"{tmp_path}, 1 files looked at: left out is what has no area: 1 linestrip of 'wire', 1 polygon of 'cat'; "
        "draw polygons around it where it counts"
    )
