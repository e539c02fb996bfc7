from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.trainers.data.exports.exported import write_labelme
from trainers.data.exports.find_labelme import find_labelme
from trainers.data.exports.ready import UnfitError


def test_folders_of_splits_are_splits(tmp_path: Path) -> None:
    for split in ("train", "val", "test"):
        write_labelme(tmp_path, split)

    export = find_labelme(tmp_path)

    assert export is not None
    assert export.text.startswith('image: "{split}/{id}.png"\nsplits: {train: train, val: val, test: test}\ntasks:\n')
    assert 'files: "{split}/{id}.json"' in export.text
    assert "classes: [background, cat, dog]" in export.text


def test_images_may_lie_in_a_folder_beside(tmp_path: Path) -> None:
    write_labelme(tmp_path, "labels")
    (tmp_path / "images").mkdir()
    for path in (tmp_path / "labels").glob("*.png"):
        path.rename(tmp_path / "images" / path.name)

    export = find_labelme(tmp_path)

    assert export is not None
    assert export.text.startswith('image: "images/{id}.png"\ntasks:\n  segmentation:\n    files: "labels/{id}.json"\n')


def test_suffixes_of_images_may_be_capital(tmp_path: Path) -> None:
    write_labelme(tmp_path, "labels")
    (tmp_path / "img").mkdir()
    for path in (tmp_path / "labels").glob("*.png"):
        path.rename(tmp_path / "img" / f"{path.stem}.PNG")

    export = find_labelme(tmp_path)

    assert export is not None
    assert export.text.startswith('image: "img/{id}.PNG"\n')


def test_other_files_are_none(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"shapes": []}')
    (tmp_path / "b.json").write_text("3")
    assert find_labelme(tmp_path) is None


def test_files_without_images_or_areas_are_told(tmp_path: Path) -> None:
    write_labelme(tmp_path)
    for path in tmp_path.glob("*.json"):
        path.write_text(json.dumps({**json.loads(path.read_text()), "shapes": []}))
    with pytest.raises(UnfitError, match=r"0000\.json: files of LabelMe, in which no area is drawn"):
        find_labelme(tmp_path)
    for path in tmp_path.glob("*.png"):
        path.unlink()
    with pytest.raises(UnfitError, match=r"0000\.json: a file of LabelMe, whose image is not found; put images beside"):
        find_labelme(tmp_path)


def test_cuboids_are_told_once_with_what_to_do(tmp_path: Path) -> None:
    write_labelme(tmp_path)
    for number in (3, 7):
        path = tmp_path / f"{number:04d}.json"
        shape = '{"label": "car", "shape_type": "cuboid", "points": []}'
        path.write_text(path.read_text().replace('"shapes": [', f'"shapes": [{shape}, ', 1))

    with pytest.raises(UnfitError) as caught:
        find_labelme(tmp_path)

    assert str(caught.value) == (
        f"{tmp_path}: 2 cuboid of 'car' (the first in 0003.json) cannot be drawn, for what they cover of the picture "
        "is not said; draw polygons around it in LabelMe, or delete them there, and export again"
    )
