from __future__ import annotations

from pathlib import Path

import pytest

from tests.trainers.data.exports.exported import paste, write_cvat
from trainers.data.exports.find_cvat import find_cvat
from trainers.data.exports.ready import UnfitError


def test_annotations_name_images_and_labels(tmp_path: Path) -> None:
    write_cvat(tmp_path)

    export = find_cvat(tmp_path)

    assert export is not None
    assert export.text.startswith('image: "images/{0}"\nlists: "annotations.xml"\nsplits: {train: train}')
    assert "classes: [background, cat, dog]" in export.text

    (tmp_path / "images").rename(tmp_path / "photos")
    export = find_cvat(tmp_path)
    assert export is not None
    assert export.text.startswith('image: "photos/{0}"')


def test_other_files_are_none(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<a>")
    assert find_cvat(tmp_path) is None


def test_subsets_are_splits(tmp_path: Path) -> None:
    write_cvat(tmp_path)
    text = (tmp_path / "annotations.xml").read_text()
    for number in range(12):
        subset = "Train" if number < 8 else "Validation"
        text = text.replace(f'<image id="{number}" ', f'<image id="{number}" subset="{subset}" ')
    (tmp_path / "annotations.xml").write_text(text)

    export = find_cvat(tmp_path)
    assert export is not None
    assert "\nsplits: {train: Train, val: Validation}   # test: held out of train\n" in export.text.replace('"', "")

    data = paste(tmp_path)
    data.check()
    assert sorted(data.samples("val").image_path(n).stem for n in range(4)) == ["0008", "0009", "0010", "0011"]
    assert len(data.samples("val")) == 4


def test_one_without_images_and_another_kind_are_told(tmp_path: Path) -> None:
    write_cvat(tmp_path)
    (tmp_path / "images").rename(tmp_path.parent / f"{tmp_path.name}-elsewhere")
    with pytest.raises(UnfitError, match=r"annotations\.xml: an export of CVAT, whose images, such as 0000\.png, "):
        find_cvat(tmp_path)
    (tmp_path / "annotations.xml").write_text("<annotations><track/></annotations>")
    with pytest.raises(UnfitError, match=r"no annotations of images; want an export as CVAT for images 1\.1"):
        find_cvat(tmp_path)


def test_cuboids_are_told_once_with_what_to_do(tmp_path: Path) -> None:
    write_cvat(tmp_path)
    path = tmp_path / "annotations.xml"
    path.write_text(path.read_text().replace("</image>", '<cuboid label="car" xtl1="1"/></image>'))

    with pytest.raises(UnfitError) as caught:
        find_cvat(tmp_path)

    assert str(caught.value) == (
        f"{path}: 12 cuboid of 'car' (the first in 0000.png) cannot be drawn, for what they cover of the picture is "
        "not said; draw polygons around it in CVAT, or delete them there, and export again"
    )
