from __future__ import annotations

from pathlib import Path

from tests.trainers.data.exports.exported import write_cvat
from trainers.data.exports.find_cvat import find_cvat


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
