from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spaces.errors import DataError
from tests.trainers.data.exports.exported import write_voc
from trainers.data.exports.find_voc import find_voc


def test_the_tree_may_lie_deeper(tmp_path: Path) -> None:
    write_voc(tmp_path / "VOCdevkit" / "VOC2012")

    export = find_voc(tmp_path)

    assert export is not None
    assert export.text.startswith(
        'image: "VOCdevkit/VOC2012/JPEGImages/{id}.jpg"\n'
        'lists: "VOCdevkit/VOC2012/ImageSets/Segmentation/{split}.txt"\n'
        "splits: {train: train, val: val}   # test: held out of train\n"
    )
    assert "classes: [background, aeroplane, bicycle, " in export.text
    assert "invalid: 255" in export.text


def test_more_ids_than_the_published_ones_are_counted(tmp_path: Path) -> None:
    write_voc(tmp_path)
    Image.fromarray(np.full((32, 40), 30, np.uint8)).save(tmp_path / "SegmentationClass" / "0000.png")

    export = find_voc(tmp_path)

    assert export is not None
    assert "classes: 31\n" in export.text


def test_colours_without_names_are_refused_and_with_them_read(tmp_path: Path) -> None:
    write_voc(tmp_path, colours=True)
    export = find_voc(tmp_path)
    assert export is not None
    assert "read: cvat_colours" in export.text
    assert "splits: {train: default}" in export.text

    (tmp_path / "labelmap.txt").unlink()
    with pytest.raises(DataError, match=r"masks of colours without a labelmap\.txt that names them; put one beside"):
        find_voc(tmp_path)


def test_other_trees_are_none(tmp_path: Path) -> None:
    (tmp_path / "SegmentationClass").mkdir()
    assert find_voc(tmp_path) is None


@pytest.mark.parametrize("name", ["class_names.txt", "labels.txt"])
def test_a_file_that_names_the_ids_is_read_where_it_has_enough(tmp_path: Path, name: str) -> None:
    write_voc(tmp_path)
    (tmp_path / name).write_text("__ignore__\n_background_\r\ncat\ndog\n")
    export = find_voc(tmp_path)
    assert export is not None
    assert "classes: [_background_, cat, dog]\n" in export.text

    (tmp_path / name).write_text("_background_\ncat\n")
    export = find_voc(tmp_path)
    assert export is not None
    assert "classes: [background, aeroplane, bicycle, " in export.text
