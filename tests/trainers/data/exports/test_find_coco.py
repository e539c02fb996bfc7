from __future__ import annotations

import json
from pathlib import Path

import pytest

from spaces.errors import DataError
from tests.trainers.data.exports.exported import write_coco
from trainers.data.exports.find_coco import find_coco
from trainers.data.exports.ready import UnfitError


def test_categories_are_classes_in_the_order_of_their_ids(tmp_path: Path) -> None:
    write_coco(tmp_path)

    export = find_coco(tmp_path)

    assert export is not None
    assert export.text == (
        'image: "images/{split}/{0}"\n'
        'lists: "annotations/instances_{split}.json"\n'
        'splits: {train: "train2017", val: "val2017"}   # test: held out of train\n'
        "tasks:\n"
        "  segmentation:\n"
        '    files: "images/{split}/{0}"\n'
        "    read: coco_classes\n"
        '    table: "annotations/instances_{split}.json"\n'
        "    kind: segmentation\n"
        "    classes: [background, cat, dog]\n"
        "  again: {kind: autoencoder, role: auxiliary}   # a search wants two tasks: put yours here\n"
    )


def test_one_file_alone_is_split(tmp_path: Path) -> None:
    write_coco(tmp_path, images="images", table="labels/{split}.json")
    (tmp_path / "labels" / "val2017.json").unlink()
    (tmp_path / "labels" / "train2017.json").rename(tmp_path / "result.json")

    export = find_coco(tmp_path)

    assert export is not None
    assert 'lists: "{split}.json"\nsplits: {train: result}   # val and test: held out of train' in export.text


def test_two_categories_of_one_name_are_refused(tmp_path: Path) -> None:
    write_coco(tmp_path)
    path = tmp_path / "annotations" / "instances_val2017.json"
    path.write_text(path.read_text().replace('"name": "dog"', '"name": "cat"'))

    with pytest.raises(DataError, match="whose categories are none, or two of one name; name them apart"):
        find_coco(tmp_path)


def test_files_without_their_images_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"images": [], "annotations": [], "categories": []}))
    assert find_coco(tmp_path) is None
    root = tmp_path / "own"
    write_coco(root, images="../elsewhere/{split}")
    with pytest.raises(UnfitError) as caught:
        find_coco(root)
    assert str(caught.value) == (
        f"{root}/annotations/instances_train2017.json: COCO's instances, of which no images are found, such as "
        f"0000.png; looked in {root} and in 3 folders deep below it: copy them to {root}/images, or give a folder as "
        "data.root that has both the images and this file in it"
    )


def test_images_of_one_name_in_several_folders_are_told(tmp_path: Path) -> None:
    write_coco(tmp_path, images="x/{split}_a", table="labels_{split}.json")
    for path in tmp_path.glob("labels_*.json"):
        content = json.loads(path.read_text())
        for number, image in enumerate(content["images"]):
            place = tmp_path / "x" / f"{path.stem.removeprefix('labels_')}_a"
            (place / image["file_name"]).rename(place / f"{number}.png")
            image["file_name"] = f"{number}.png"
        path.write_text(json.dumps(content))
    (tmp_path / "x" / "val2017_a").rename(tmp_path / "x" / "b")

    with pytest.raises(UnfitError, match=r"whose image 0\.png is in x/b/ and in x/train2017_a/: write the folder into"):
        find_coco(tmp_path)


def test_panoptic_segments_are_told(tmp_path: Path) -> None:
    write_coco(tmp_path)
    for path in (tmp_path / "annotations").iterdir():
        content = json.loads(path.read_text())
        segments = [{"id": 1, "category_id": one.pop("category_id")} for one in content["annotations"]]
        content["annotations"] = [
            {"image_id": image["id"], "file_name": "1.png", "segments_info": segments} for image in content["images"]
        ]
        path.write_text(json.dumps(content))
    with pytest.raises(DataError, match=r"COCO's panoptic segments, .* give COCO's instances, or masks of class ids"):
        find_coco(tmp_path)


def test_boxes_alone_are_told(tmp_path: Path) -> None:
    write_coco(tmp_path)
    for path in (tmp_path / "annotations").iterdir():
        content = json.loads(path.read_text())
        for one in content["annotations"]:
            one["segmentation"] = []
        path.write_text(json.dumps(content))
    with pytest.raises(DataError, match="COCO's instances without outlines, so boxes or points at most, which tell no"):
        find_coco(tmp_path)
