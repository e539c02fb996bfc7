"""Images of one bare name in several folders, and the tables that name them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.trainers.data.exports.exported import COUNT, draw, save
from tests.trainers.data.masks import refusal
from trainers.data.folder import Folder

TASKS = {
    "labels.csv": "{read: table_columns, kind: attributes, attributes: [a, b]",
    "labels.json": "{read: coco_classes, kind: segmentation, classes: [background, cat]",
    "labels.xml": "{read: cvat_classes, kind: segmentation, classes: [background, cat]",
}


def write_table(path: Path, names: list[str]) -> None:
    height, width = draw(0)[0].shape[:2]
    if path.suffix == ".csv":
        rows = [f"{name},{number % 2},{number % 3 % 2}" for number, name in enumerate(names)]
        path.write_text("\n".join(["image,a,b", *rows]))
    elif path.suffix == ".json":
        images = [{"id": n, "file_name": name, "height": height, "width": width} for n, name in enumerate(names)]
        box = {"category_id": 1, "segmentation": [[0, 0, 9, 0, 9, 9]], "iscrowd": 0}
        boxes = [{**box, "id": n, "image_id": n} for n in range(len(names))]
        content = {"categories": [{"id": 1, "name": "cat"}], "images": images, "annotations": boxes}
        path.write_text(json.dumps(content))
    else:
        shape = '<box label="cat" xtl="0" ytl="0" xbr="9" ybr="9"/>'
        said = [f'<image name="{name}" width="{width}" height="{height}">{shape}</image>' for name in names]
        path.write_text("<annotations>" + "".join(said) + "</annotations>")


def write(root: Path, table: str, names: list[str], said: str = "") -> Folder:
    for number, split in enumerate(("train", "val", "test")):
        for index in range(COUNT):
            save(root / split / f"{index}.png", draw(100 * number + index)[0])
    write_table(root / table, names)
    (root / "spec.yaml").write_text(
        "image: '{split}/{id}.png'\ntasks:\n  again: {kind: autoencoder}\n"
        f"  named: {TASKS[table]}, files: '{{split}}/{{id}}.png', table: '{said or table}'}}\n"
    )
    return Folder(root=str(root), spec=str(root / "spec.yaml"))


@pytest.mark.parametrize("table", TASKS)
def test_one_entry_for_images_of_several_folders_is_refused(tmp_path: Path, table: str) -> None:
    data = write(tmp_path, table, [f"{index}.png" for index in range(COUNT)])

    assert refusal(data) == (
        f"{tmp_path / table} of task 'named': 24 entries for two images each: train/0.png and val/0.png (0.png), "
        "train/1.png and val/1.png (1.png), train/2.png and val/2.png (2.png), ...; both would have the values of one, "
        "so write paths into the table (train/0.png and val/0.png in place of 0.png), or give each folder a table of "
        "its own ({split} in table)"
    )


@pytest.mark.parametrize("table", TASKS)
def test_paths_in_the_table_tell_them_apart(tmp_path: Path, table: str) -> None:
    names = [f"{split}/{index}.png" for split in ("train", "val", "test") for index in range(COUNT)]
    write(tmp_path, table, names).check()


def test_each_folder_may_have_a_table_of_its_own(tmp_path: Path) -> None:
    data = write(tmp_path, "labels.csv", [], "{split}.csv")
    for split in ("train", "val", "test"):
        write_table(tmp_path / f"{split}.csv", [f"{index}.png" for index in range(COUNT)])
    data.check()
    assert np.array_equal(data.load("val").targets["named"][:2], [[0, 0], [1, 1]])
