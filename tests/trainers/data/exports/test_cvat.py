"""CVAT's exports, drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spaces.errors import DataError
from trainers.data.exports.cvat import classes, colours, read_colours, remark_shapes

NAMES = ("background", "cat", "dog")


def drawn(path: Path, *shapes: str) -> list[list[int]]:
    (path / "a.xml").write_text(
        f'<annotations><image name="x.png" width="5" height="4">{"".join(shapes)}</image></annotations>'
    )
    return classes(Path("/x.png"), path / "a.xml", NAMES).tolist()


def test_shapes_are_drawn_by_their_order_in_depth(tmp_path: Path) -> None:
    box = '<box label="cat" xtl="0" ytl="0" xbr="3" ybr="2" z_order="1"/>'
    polygon = '<polygon label="dog" points="2,1;5,1;5,3;2,3" z_order="0"/>'
    mask = '<mask label="dog" rle="1, 2, 1" left="0" top="2" width="2" height="2" z_order="5"/>'

    assert drawn(tmp_path, box, polygon, mask, '<tag label="night"/>') == [
        [1, 1, 1, 0, 0],
        [1, 1, 1, 2, 2],
        [0, 2, 2, 2, 2],
        [2, 0, 0, 0, 0],
    ]
    ellipse = '<ellipse label="cat" cx="2.5" cy="2" rx="1.6" ry="1.6"/>'
    assert np.sum(drawn(tmp_path, ellipse)) == 8


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ('<cuboid label="cat"/>', "1 cuboid of 'cat' (the first in x.png) cannot be drawn"),
        ('<box label="owl" xtl="0" ytl="0" xbr="3" ybr="2"/>', "label 'owl' is no class (background, cat, dog); add"),
        ('<polygon label="cat" points="1;2"/>', "a.xml: cannot be read ("),
    ],
)
def test_what_cannot_be_drawn_is_refused(tmp_path: Path, shape: str, expected: str) -> None:
    with pytest.raises(DataError) as caught:
        drawn(tmp_path, shape)
    assert expected in str(caught.value)


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<annotations/>")
    with pytest.raises(DataError, match="no annotations of images; want an export as CVAT"):
        classes(Path("/x.png"), tmp_path / "a.xml", NAMES)
    (tmp_path / "labelmap.txt").write_text("cat;1\n")
    with pytest.raises(DataError, match="line 'cat;1' is no label with its colour; want NAME:RED,GREEN,BLUE::"):
        read_colours(tmp_path / "labelmap.txt")


def test_colours_are_found_in_the_map(tmp_path: Path) -> None:
    (tmp_path / "labelmap.txt").write_text("label:color_rgb:parts:actions\nbackground:0,0,0::\ndog:9,8,7::\n")
    picture = np.zeros((2, 3, 3), np.uint8)
    picture[0, 1] = 9, 8, 7
    Image.fromarray(picture).save(tmp_path / "m.png")

    assert colours(tmp_path / "m.png", tmp_path / "labelmap.txt", NAMES).tolist() == [[0, 2, 0], [0, 0, 0]]

    picture[1, 1] = 1, 1, 1
    Image.fromarray(picture).save(tmp_path / "m.png")
    with pytest.raises(
        DataError, match=r"m\.png: colour \(1, 1, 1\) has no label in .*labelmap\.txt; want the colours"
    ):
        colours(tmp_path / "m.png", tmp_path / "labelmap.txt", NAMES)


def test_what_has_no_area_is_left_out_and_told(tmp_path: Path) -> None:
    box = '<box label="cat" xtl="0" ytl="0" xbr="3" ybr="2"/>'
    assert drawn(tmp_path, box, '<polyline label="wire" points="1,1;5,4"/>') == drawn(tmp_path, box)
    drawn(tmp_path, box, '<polyline label="wire" points="1,1;5,4"/>')
    (remark,) = remark_shapes([], tmp_path / "a.xml", NAMES, None)
    assert remark.text.startswith(f"{tmp_path / 'a.xml'}: left out is what has no area: 1 polyline of 'wire'; draw")


def test_turned_shapes_are_drawn_turned(tmp_path: Path) -> None:
    upright = drawn(tmp_path, '<box label="cat" xtl="2" ytl="0" xbr="3" ybr="4"/>')
    turned = drawn(tmp_path, '<box label="cat" xtl="0.5" ytl="1.5" xbr="4.5" ybr="2.5" rotation="90"/>')
    assert turned == upright
    # Clockwise, as CVAT turns: what points right points down.
    assert drawn(tmp_path, '<ellipse label="cat" cx="1" cy="2" rx="3" ry="0.6" rotation="45"/>')[3][2] == 1
    assert drawn(tmp_path, '<ellipse label="cat" cx="1" cy="2" rx="3" ry="0.6" rotation="45"/>')[0][2] == 0
