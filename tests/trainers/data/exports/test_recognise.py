"""Exports are recognised, and the specification that the refusal shows reads them as they are meant."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from spaces.errors import DataError
from tests.trainers.data.exports.exported import (
    Truth,
    paste,
    write_coco,
    write_cvat,
    write_labelme,
    write_table,
    write_voc,
)
from tests.trainers.data.masks import write_masks
from trainers.data.exports.recognise import explain_export
from trainers.data.folder import Folder

WRITTEN: dict[str, tuple[Callable[[Path], Truth], str]] = {
    "coco": (write_coco, "COCO's instances"),
    "coco beside": (partial(write_coco, images="{split}", table="{split}/_annotations.coco.json"), "COCO's instances"),
    "coco by name": (
        partial(write_coco, images="images", table="labels_{split}.json"),
        "COCO's instances",
    ),
    "coco in one": (
        partial(write_coco, images="images", table="annotations/instances_{split}.json"),
        "COCO's instances",
    ),
    "coco beside one folder": (partial(write_coco, images="image"), "COCO's instances"),
    "coco in folders of another name": (partial(write_coco, images="photos/{split}/rgb"), "COCO's instances"),
    "coco by name, in folders of another": (
        partial(write_coco, images="{split}_pictures", table="labels_{split}.json"),
        "COCO's instances",
    ),
    "labelme": (write_labelme, "LabelMe"),
    "labelme in folders": (partial(write_labelme, folder="a/b"), "LabelMe"),
    "voc": (write_voc, "the tree of PASCAL VOC"),
    "cvat masks": (partial(write_voc, colours=True), "CVAT's segmentation masks 1.1"),
    "cvat": (write_cvat, "CVAT for images 1.1"),
}


def move(write: Callable[[Path], Truth], folder: str, to: str, root: Path) -> Truth:
    """An export whose images lie in another folder than usual."""
    truth = write(root)
    (root / to).parent.mkdir(parents=True, exist_ok=True)
    (root / folder).rename(root / to)
    return truth


WRITTEN |= {
    "cvat elsewhere": (partial(move, write_cvat, "images", "photos/2020"), "CVAT for images 1.1"),
    "voc elsewhere": (partial(move, write_voc, "JPEGImages", "photos"), "the tree of PASCAL VOC"),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_the_specification_that_is_shown_reads_what_was_drawn(tmp_path: Path, case: str) -> None:
    write, tool = WRITTEN[case]
    truth = write(tmp_path)
    with pytest.raises(DataError) as caught:
        Folder(root=str(tmp_path)).check()
    assert f"data.root={tmp_path} is an export: {tool}" in str(caught.value)

    data = paste(tmp_path)
    data.check()

    assert data.notes() is not None
    seen = set()
    for split in ("train", "val", "test"):
        samples, arrays = data.samples(split), data.load(split)
        for index, ids in enumerate(arrays.targets["segmentation"]):
            name = samples.image_path(index).stem
            assert np.array_equal(ids, truth[name]), name
            seen.add(name)
    assert seen == set(truth)
    assert (
        explain_export(
            tmp_path, [data._spec.files["segmentation"].read or data._spec.files["segmentation"].patterns[0]]
        )
        == []
    )


def test_a_table_of_attributes_is_read_with_what_is_missing(tmp_path: Path) -> None:
    truth = write_table(tmp_path)

    data = paste(tmp_path)
    data.check()

    for split in ("train", "val", "test"):
        samples, arrays = data.samples(split), data.load(split)
        for index, labels in enumerate(arrays.targets["attributes"]):
            number = samples.image_path(index).stem
            assert labels.tolist() == truth[number]
            assert arrays.targets["wetter"][index] == (0 if int(number) % 2 else 1)  # Regen, Sonne


def test_an_unfitting_specification_is_told_and_one_that_fits_is_not(tmp_path: Path) -> None:
    write_coco(tmp_path)
    (tmp_path / "mine.yaml").write_text(
        "image: '{split}/image/{id}.jpg'\ntasks: {s: {kind: segmentation, files: '{split}/{id}.png', classes: 3}, "
        "a: {kind: autoencoder}}"
    )
    with pytest.raises(DataError) as caught:
        Folder(root=str(tmp_path), spec=str(tmp_path / "mine.yaml")).check()
    assert "an empty split: no sample to train on" in str(caught.value)
    assert "is an export: COCO's instances. This specification reads it" in str(caught.value)

    data = write_masks(tmp_path / "own")
    (tmp_path / "own" / "val" / "depth" / "im_0.png").unlink()
    with pytest.raises(DataError) as caught:
        data.check()
    assert "export" not in str(caught.value)


def test_another_folder_is_no_export(tmp_path: Path) -> None:
    write_masks(tmp_path)
    (tmp_path / "parts.csv").write_text("id,train,val,test\nadams,1,0,0\n")
    (tmp_path / "notes.json").write_text("[1]")
    (tmp_path / "x.xml").write_text("<a/>")

    assert explain_export(tmp_path) == []


def test_the_fingerprint_follows_the_table(tmp_path: Path) -> None:
    write_coco(tmp_path)
    data = paste(tmp_path)
    table = tmp_path / "annotations" / "instances_val2017.json"
    before = data.fingerprint, data.modified

    table.write_text(table.read_text().replace('"category_id": 3', '"category_id": 7', 1))  # at the same size

    now = Folder(root=data.root, spec=data.spec)
    assert now.fingerprint != before[0]
    assert now.modified != before[1]


def test_an_export_in_a_folder_of_its_own_and_one_without_images_are_told(tmp_path: Path) -> None:
    write_coco(tmp_path / "my export")
    (text,) = explain_export(tmp_path)
    assert text.startswith(f"data.root={tmp_path / 'my export'} is an export: COCO")
    assert f"say data.spec=FILE.yaml and data.root={tmp_path / 'my export'}:" in text

    write_coco(tmp_path / "other", images="../elsewhere/{split}")
    (text,) = explain_export(tmp_path / "other")
    assert "COCO's instances, of which no images are found, such as 0000.png" in text
    assert explain_export(tmp_path / "other", ["a/{id}.png"]) == []  # of what is said to be something else
