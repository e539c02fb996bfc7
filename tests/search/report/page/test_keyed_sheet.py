from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from search.report.page.keyed_sheet import LINE, read_sheet, save_keyed_sheet

KEYS = {
    "parts": {"classes": [["floor", "rgb(200,0,0)"], ["wall", "rgb(0,200,0)"]]},
    "depth": {"low": 0.5, "high": 5.25, "unit": "m"},
    "normals": {"words": "x, y, z as red, green, blue"},
}
COLUMNS = ["image", "parts, predicted", "parts, label", "depth, predicted", "normals, predicted"]
SHEET = np.random.default_rng(0).choice(np.array([[0, 0, 0], [90, 120, 30], [255, 255, 255]], np.uint8), (40, 150))


def test_the_sheet_alone_comes_out_as_it_went_in(tmp_path: Path) -> None:
    save_keyed_sheet(tmp_path / "sheet.png", SHEET, COLUMNS, KEYS)
    content = read_sheet(tmp_path / "sheet.png")
    assert content is not None
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(content)).convert("RGB")), SHEET)


@pytest.mark.parametrize("colours", [8, 256])
def test_gaps_are_transparent_and_white_of_pictures_stays(tmp_path: Path, colours: int) -> None:
    sheet = np.zeros((31, 34, 3), np.uint8)
    sheet[..., 0] = np.arange(31 * 34).reshape(31, 34) % (colours - 1)
    sheet[5, 5] = 255
    gaps = np.zeros((31, 34), bool)
    gaps[0], gaps[15], gaps[:, 0], gaps[:, 17] = True, True, True, True
    sheet[gaps] = 255
    save_keyed_sheet(tmp_path / "sheet.png", sheet, ["a", "b"], {})
    content = read_sheet(tmp_path / "sheet.png")
    assert content is not None
    found = np.asarray(Image.open(io.BytesIO(content)).convert("RGBA")).astype(int)
    assert ((found[..., 3] == 0) == gaps).all()
    assert found[5, 5].min() >= 250
    assert np.abs(found[..., :3] - sheet)[~gaps].max() <= (0 if colours == 8 else 12)


def test_classes_stand_in_their_colours_and_scales_from_end_to_end(tmp_path: Path) -> None:
    save_keyed_sheet(tmp_path / "sheet.png", SHEET, COLUMNS, KEYS)
    below = np.asarray(Image.open(tmp_path / "sheet.png").convert("RGB"))[-3 * LINE :]
    parts, depth, normals = (below[LINE * line : LINE * (line + 1)].reshape(-1, 3).tolist() for line in range(3))
    assert parts.count([200, 0, 0]) > 80 and parts.count([0, 200, 0]) > 80
    assert len({tuple(pixel) for pixel in depth if max(pixel) - min(pixel) > 40}) > 30
    assert [0, 200, 0] not in normals and len(set(map(tuple, normals))) > 1


@pytest.mark.parametrize("classes", [1, 19, 150])
def test_many_classes_and_long_names_stay_within_the_picture(tmp_path: Path, classes: int) -> None:
    keys = {"parts": {"classes": [[f"class {place} " + place * "x", "rgb(1,2,250)"] for place in range(classes)]}}
    save_keyed_sheet(tmp_path / "sheet.png", SHEET, ["image", "p" * 90 + ", predicted"], keys)
    picture = np.asarray(Image.open(tmp_path / "sheet.png").convert("RGB")).astype(int)
    blue = (picture[..., 2] - picture[..., 0] > 150).sum()
    assert blue == pytest.approx(100 * classes, rel=0.05)
    below = picture[2 * LINE + 2 * len(SHEET) + 12 :]
    assert (below[:, -1] == 255).all(), "words are cut at the right"


def test_files_of_others_have_no_sheet(tmp_path: Path) -> None:
    Image.fromarray(SHEET).save(tmp_path / "sheet.png")
    assert read_sheet(tmp_path / "sheet.png") is None
