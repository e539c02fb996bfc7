from __future__ import annotations

import os
from pathlib import Path

import pytest

from spaces.errors import DataError
from trainers.data.folder import Folder
from trainers.data.folders.splits import FolderSplits
from trainers.data.specs.folder_spec import read_folder_spec

TASKS = "tasks: {d: {kind: depth, files: '{split}/depth/{id}.npy'}}"


def splits(root: Path, text: str, *images: str) -> FolderSplits:
    root.mkdir(exist_ok=True)
    for image in images:
        (root / image).parent.mkdir(parents=True, exist_ok=True)
        (root / image).touch()
    (root / "spec.yaml").write_text(f"{text}\n{TASKS}")
    return FolderSplits(root, read_folder_spec(root / "spec.yaml"), root / "spec.yaml")


def ids(found: FolderSplits, split: str) -> list[str]:
    return [row.id for row in found.pick(split)]


NUMBERED = [f"all/{number}.png" for number in range(20)]


def test_published_splits_are_taken_as_they_are(tmp_path: Path) -> None:
    spec = "image: '{split}/{id}.png'\nsplits: {train: [a, b], val: c, test: d}"
    found = splits(tmp_path, spec, "a/2.png", "a/10.png", "b/1.png", "c/3.png", "d/4.png")
    assert ids(found, "train") == ["2", "10", "1"]
    assert (ids(found, "val"), ids(found, "test")) == (["3"], ["4"])
    assert found.held_out == []


def test_what_is_not_published_is_held_out_of_the_training_split(tmp_path: Path) -> None:
    found = splits(tmp_path, "image: 'all/{id}.png'\nheld_out: 0.2", *NUMBERED)
    parts = [ids(found, split) for split in ("train", "val", "test")]
    assert list(map(len, parts)) == [12, 4, 4]
    assert sorted(name for part in parts for name in part) == sorted(str(number) for number in range(20))
    assert len(found.published["train"]) == 20

    half = splits(tmp_path, "image: '{split}/{id}.png'\nsplits: {train: all, test: t}", *NUMBERED, "t/x.png")
    assert half.held_out == ["val"]
    assert ids(half, "test") == ["x"]
    assert len(ids(half, "train")) == 18


def test_lists_name_the_samples(tmp_path: Path) -> None:
    spec = "image: 'all/{id}.png'\nlists: '{split}.txt'\nsplits: {train: tr, val: va, test: te}"
    found = splits(tmp_path, spec, *NUMBERED)
    for name, lines in {"tr": "3\n1\n", "va": "2\n", "te": "0\n"}.items():
        (tmp_path / f"{name}.txt").write_text(lines)
    assert ids(found, "train") == ["3", "1"]


def test_a_missing_list_is_told_with_where_it_comes_from_and_a_torn_one_without(tmp_path: Path) -> None:
    spec = "source: the shelf\nimage: 'all/{id}.png'\nlists: '{split}.json'\nsplits: {train: tr, val: va}"
    with pytest.raises(DataError, match=r"tr\.json.*\. Such data: the shelf$"):
        splits(tmp_path, spec).pick("train")
    (tmp_path / "tr.json").write_text("[3")
    with pytest.raises(DataError) as caught:
        splits(tmp_path, spec).pick("train")
    assert "shelf" not in str(caught.value)


def test_an_image_that_two_patterns_find_is_one_sample(tmp_path: Path) -> None:
    found = splits(tmp_path, "image: ['all/{id}.png', 'all/{id}.jpg']", *NUMBERED, "all/3.jpg", "all/99.jpg")
    assert len(found.published["train"]) == 21


def test_an_empty_split_is_told_with_what_was_looked_for(tmp_path: Path) -> None:
    spec = "image: '{split}/{id}.png'\nsplits: {train: a, val: [b, c], test: d}"
    with pytest.raises(
        DataError, match=r"no sample to val on; looked for \{split\}/\{id\}\.png, \{split\} being b, c; "
    ):
        splits(tmp_path, spec, "a/1.png").pick("val")
    with pytest.raises(DataError, match="1 image found, of which 1 for val is held out"):
        splits(tmp_path / "few", "image: 'all/{id}.png'", "all/0.png").pick("train")


def test_paths_are_told_for_images_and_all_tasks(tmp_path: Path) -> None:
    spec = "image: '{split}/{id}.png'\nsplits: {train: a, val: b, test: c}"
    found = splits(tmp_path, spec, "a/1.png", "a/2.png", "b/3.png", "c/4.png")
    assert found.list_paths() == {
        "train": [["a/1.png", "a/depth/1.npy"], ["a/2.png", "a/depth/2.npy"]],
        "val": [["b/3.png", "b/depth/3.npy"]],
        "test": [["c/4.png", "c/depth/4.npy"]],
    }


def test_names_that_are_no_text_are_refused(tmp_path: Path) -> None:
    bad = os.fsdecode(b"\xd6\xd0")
    found = splits(tmp_path, "image: '{split}/{id}.png'\nsplits: {train: a}", *(f"a/{bad}{n}.png" for n in range(5)))

    (message,) = found.unprintable

    assert message == (
        f"{tmp_path}: 5 names of samples are no text in UTF-8: \\xd6\\xd00, \\xd6\\xd01, \\xd6\\xd02, ...; rename "
        "these files, all of a sample alike (convmv -f gbk -t utf-8 -r --notest DIR does so for names of a Chinese "
        "Windows)"
    )
    assert splits(tmp_path / "good", "image: '{split}/{id}.png'\nsplits: {train: a}", "a/中.png").unprintable == []


def test_masks_beside_their_images_are_no_images(tmp_path: Path) -> None:
    found = splits(tmp_path, "image: '{split}/{id}.npy'\nsplits: {train: a}", "a/1.npy", "a/depth/1.npy")

    assert [row.id for row in found.published["train"]] == ["1"]


def test_a_list_is_read_by_the_images_that_it_names(tmp_path: Path) -> None:
    spec = "image: 'all/{0}'\nlists: '{split}.csv'\nsplits: {train: tr}"
    found = splits(tmp_path, spec, "all/1.png", "all/my 2.JPG")
    (tmp_path / "tr.csv").write_text("image;mask\n1.png;a\nmy 2.jpg;b\n", encoding="utf-8-sig")

    assert [row.columns for row in found.published["train"]] == [("1.png", "a"), ("my 2.jpg", "b")]


def test_a_root_that_is_no_text_is_refused(tmp_path: Path) -> None:
    root = tmp_path / os.fsdecode(b"d\xd6")
    root.mkdir()
    (tmp_path / "spec.yaml").write_text("image: '{id}.png'\ntasks: {a: {kind: autoencoder}, b: {kind: autoencoder}}")

    with pytest.raises(DataError) as caught:
        Folder(root=str(root), spec=str(tmp_path / "spec.yaml")).check()

    assert str(caught.value) == (
        f"data.root: {tmp_path}/d\\xd6 is no text in UTF-8; rename the folder, or the one that it lies in"
    )
