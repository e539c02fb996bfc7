"""Images that are in two splits under two names."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.trainers.data.masks import SPEC, refusal, write_masks
from trainers.data.folder import Folder
from trainers.data.folders.copies import find_copies, find_repeats
from trainers.data.folders.listing import Row


def test_a_split_that_is_a_link_to_another_is_refused(tmp_path: Path) -> None:
    data = write_masks(tmp_path)
    shutil.rmtree(tmp_path / "val")
    (tmp_path / "val").symlink_to("train")

    assert refusal(data) == (
        f"{tmp_path}: 4 images in train and in val, by links, under two names: train/image/im_0.png = "
        "val/image/im_0.png, train/image/im_1.png = val/image/im_1.png, train/image/im_2.png = val/image/im_2.png, ...;"
        " results would be told on what was trained on or chosen by; take away the links, or a folder that is one"
    )


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to", "copy"])
def test_one_image_under_two_names_is_refused(tmp_path: Path, link: str) -> None:
    data = write_masks(tmp_path)
    one, other = tmp_path / "train" / "image" / "im_1.png", tmp_path / "test" / "image" / "im_0.png"
    other.unlink()
    if link == "copy":
        shutil.copy(one, other)
    else:
        getattr(other, link)(one)

    message = refusal(data)

    assert "1 image in train and in test, " in message
    assert "train/image/im_1.png = test/image/im_0.png; results would be told on" in message
    assert ("as copies of the same content" in message) == (link == "copy")


def test_images_of_one_size_are_told_apart_by_what_is_in_them(tmp_path: Path) -> None:
    for split in ("train", "val"):
        (tmp_path / split).mkdir()
    array = np.zeros((200, 200, 3), np.uint8)
    np.save(tmp_path / "train" / "a.npy", array)
    array[0, 0] = 1  # neither in the middle nor at the end
    np.save(tmp_path / "val" / "b.npy", array)
    splits = {"train": [Row("train", ("a",))], "val": [Row("val", ("b",))]}

    assert find_copies(tmp_path, splits, ["{split}/{id}.npy"]) == []
    shutil.copy(tmp_path / "train" / "a.npy", tmp_path / "val" / "b.npy")
    assert len(find_copies(tmp_path, splits, ["{split}/{id}.npy"])) == 1


def test_links_within_a_split_are_refused_and_copies_are_not(tmp_path: Path) -> None:
    data = write_masks(tmp_path)
    for name, suffix in (("label", "png"), ("depth", "png"), ("normals", "npy")):
        shutil.copy(tmp_path / "train" / name / f"im_0.{suffix}", tmp_path / "train" / name / f"im_9.{suffix}")
    again = tmp_path / "train" / "image" / "im_9.png"
    shutil.copy(tmp_path / "train" / "image" / "im_0.png", again)
    data.check()
    again.unlink()
    again.symlink_to("im_0.png")

    assert "1 image twice in train, by links, under two names: train/image/im_0.png = train/image/im_9.png; such " in (
        refusal(Folder(root=data.root, spec=data.spec))
    )


def test_copies_that_are_held_out_are_refused_too(tmp_path: Path) -> None:
    for index in range(12):
        array = np.full((8, 8, 3), index % 2, np.uint8)
        array[0] = 9
        Image.fromarray(array).save(tmp_path / f"{index}.png")
    spec = tmp_path / "spec.yaml"
    spec.write_text("image: '{id}.png'\ntasks: {a: {kind: autoencoder}, b: {kind: autoencoder}}")

    assert " in train and in val, as copies of the same content: " in refusal(Folder(str(tmp_path), str(spec)))


@pytest.mark.parametrize("name", ["im_0.png", "im_0.bmp"])
def test_a_picture_that_was_saved_again_is_refused(tmp_path: Path, name: str) -> None:
    either = '["{split}/image/{id}.png", "{split}/image/{id}.bmp"]'
    data = write_masks(tmp_path, SPEC.replace('"{split}/image/{id}.png"', either))
    (tmp_path / "test" / "image" / "im_0.png").unlink()
    with Image.open(tmp_path / "train" / "image" / "im_1.png") as image:
        image.save(tmp_path / "test" / "image" / name, compress_level=0)

    assert refusal(data) == (
        f"{tmp_path}: 1 image in train and in test, as one picture that was saved again, equal to the pixel: "
        f"train/image/im_1.png = test/image/{name}; results would be told on what was trained on or chosen by; keep "
        "one of each and take the other out"
    )


@pytest.mark.parametrize("name", ["im_0.png", "im_0.bmp"])
def test_blank_images_are_equal_and_no_copies(tmp_path: Path, name: str) -> None:
    either = '["{split}/image/{id}.png", "{split}/image/{id}.bmp"]'
    data = write_masks(tmp_path, SPEC.replace('"{split}/image/{id}.png"', either))
    (tmp_path / "test" / "image" / "im_0.png").unlink()
    with Image.open(tmp_path / "train" / "image" / "im_1.png") as image:
        blank = Image.new("RGB", image.size)
    blank.save(tmp_path / "train" / "image" / "im_1.png")
    blank.save(tmp_path / "test" / "image" / name)

    data.check()
    assert any(
        "images of a single colour, such as train/image/im_1.png: 1 of train, 1 of test" in n for n in data.notes()
    )


def test_copies_within_a_split_are_counted(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pictures = [Image.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)) for _ in range(6)]
    blank = Image.new("RGB", (8, 8), "blue")
    splits: dict[str, list[Row]] = {}
    for split, shown in (("train", [*pictures[:3], pictures[0], pictures[0], blank, blank]), ("val", pictures[3:])):
        (tmp_path / split).mkdir()
        for number, picture in enumerate(shown):
            suffix = "bmp" if number == 4 else "png"  # saved anew
            picture.save(tmp_path / split / f"{number}.{suffix}")
            splits.setdefault(split, []).append(Row(split, (str(number),)))
    patterns = ["{split}/{id}.png", "{split}/{id}.bmp"]

    assert find_repeats(tmp_path, splits, patterns) == [
        f"{tmp_path}: 2 images of train are copies of others in it: train/0.png = train/3.png, train/0.png = "
        "train/4.bmp; each counts as often as it is there, so take them out unless that is meant"
    ]
    assert find_repeats(tmp_path, {**splits, "train": splits["train"][:3]}, patterns) == []


def test_copies_of_files_that_are_not_looked_at_are_counted_by_their_bytes(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        np.save(tmp_path / f"{name}.npy", np.full((4, 4, 3), ord(name) if name == "c" else 1, np.uint8))
    splits = {"train": [Row("", (name,)) for name in "abc"], "val": []}
    (note,) = find_repeats(tmp_path, splits, ["{id}.npy"])
    assert note.startswith(f"{tmp_path}: 1 image of train is a copy of others in it: a.npy = b.npy; each")
