"""Splits that are not there, or under another name."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.trainers.data.masks import COUNTS, SPEC, refusal, write_masks
from trainers.data.folder import Folder
from trainers.data.folders.missing import find_likely, is_absent
from trainers.data.specs.folder_spec import read_folder_spec

LISTS = "lists: '{split}.txt'\nimage: '{id}.png'\ntasks: {a: {kind: autoencoder}, b: {kind: autoencoder}}"


def again(data: Folder) -> Folder:
    return Folder(root=data.root, spec=data.spec)


def test_splits_that_are_not_there_are_held_out_of_train(tmp_path: Path) -> None:
    data = write_masks(tmp_path)
    for split in ("val", "test"):
        shutil.rmtree(tmp_path / split)
    data = again(data)

    data.check()

    assert [len(data.samples(split)) for split in ("train", "val", "test")] == [2, 1, 1]
    (note,) = data._splits.notes
    assert note == (
        f"no val and no test in {tmp_path}: 1 for val and 1 for test of 4 training images are held out, drawn by their "
        f"names; splits: {{train: train}} in {tmp_path / 'spec.yaml'} says the same, without this note"
    )
    (tmp_path / "spec.yaml").write_text("splits: {train: train}\n" + SPEC)
    assert again(data)._splits.notes == []
    assert [row.id for row in again(data)._splits.rows["val"]] == [row.id for row in data._splits.rows["val"]]


def test_one_that_is_there_is_taken_and_an_empty_folder_is_none(tmp_path: Path) -> None:
    data = write_masks(tmp_path)
    shutil.rmtree(tmp_path / "val")
    (tmp_path / "val" / "image").mkdir(parents=True)
    (tmp_path / "val" / ".DS_Store").touch()
    data = again(data)

    data.check()

    assert [len(data.samples(split)) for split in ("train", "val", "test")] == [3, 1, COUNTS["test"]]


def test_a_split_that_was_named_has_to_be_there(tmp_path: Path) -> None:
    data = write_masks(tmp_path, "splits: {train: train, val: val, test: test}\n" + SPEC)
    shutil.rmtree(tmp_path / "val")

    assert "an empty split: no sample to val on; looked for {split}/image/{id}.png, {split} being val" in refusal(data)


@pytest.mark.parametrize("name", ["val.zip", "more/val.TAR.gz"])
def test_what_is_still_packed_is_named(tmp_path: Path, name: str) -> None:
    data = write_masks(tmp_path, "splits: {train: train, val: val, test: test}\n" + SPEC)
    shutil.rmtree(tmp_path / "val")
    assert "unpack" not in refusal(data)

    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()

    assert f"; unpack {name}, for nothing looks into it, or mend data.root" in refusal(again(data))


@pytest.mark.parametrize(("name", "ours"), [("valid", "val"), ("Validation", "val"), ("Training", "train")])
def test_one_under_another_name_is_told_with_the_line_to_add(tmp_path: Path, name: str, ours: str) -> None:
    data = write_masks(tmp_path)
    (tmp_path / ours).rename(tmp_path / name)
    said = {"train": "train", "val": "val", "test": "test", ours: name}

    assert refusal(again(data)) == (
        f"{tmp_path}: no {ours}, but {name}; say splits: {{{', '.join(f'{k}: {v}' for k, v in said.items())}}} in "
        f"{tmp_path / 'spec.yaml'}, where a split that is left out is held out of train"
    )
    (tmp_path / "spec.yaml").write_text(f"splits: {said}\n{SPEC}")
    again(data).check()


def test_lists_that_are_not_there_are_held_out_likewise(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(LISTS)
    spec = read_folder_spec(tmp_path / "spec.yaml")
    (tmp_path / "train.txt").touch()
    (tmp_path / "valid.txt").touch()

    assert [is_absent(tmp_path, spec, split) for split in ("train", "val", "test")] == [False, True, True]
    assert find_likely(tmp_path, spec, ["val", "test"]) == {"val": "valid"}

    (tmp_path / "spec.yaml").write_text(LISTS.replace("{split}.txt", "all.json"))
    spec = read_folder_spec(tmp_path / "spec.yaml")
    (tmp_path / "all.json").write_text(json.dumps({"train": [], "dev": []}))
    assert [is_absent(tmp_path, spec, split) for split in ("train", "val", "test")] == [False, True, True]
    assert find_likely(tmp_path, spec, ["val", "test"]) == {"val": "dev"}


def test_names_of_splits_may_be_parts_of_names_of_files(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text("image: 'i/{split}_{id}.png'\ntasks: {a: {kind: autoencoder}}")
    (tmp_path / "i").mkdir()
    for name in ("train_1_2.png", "valid_1_2.png", "test_1.txt"):
        (tmp_path / "i" / name).touch()
    spec = read_folder_spec(tmp_path / "spec.yaml")

    assert [is_absent(tmp_path, spec, split) for split in ("train", "val", "test")] == [False, True, True]
    assert find_likely(tmp_path, spec, ["val", "test"]) == {"val": "valid"}


def test_one_file_of_cocos_form_is_what_trains(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(LISTS.replace("{split}.txt", "all.json"))
    (tmp_path / "all.json").write_text('{"images": [{"file_name": "0.png"}], "annotations": [], "categories": []}')
    spec = read_folder_spec(tmp_path / "spec.yaml")
    assert [is_absent(tmp_path, spec, split) for split in ("train", "val", "test")] == [False, True, True]


def test_splits_with_numbers_or_words_beside_their_names_have_a_line_that_names_them(tmp_path: Path) -> None:
    data = write_masks(tmp_path)
    for split, name in (("train", "train2017"), ("val", "val2017"), ("test", "my-testing")):
        (tmp_path / split).rename(tmp_path / name)

    assert refusal(again(data)).startswith(
        f"{tmp_path}: no train and no val and no test, but train2017 and val2017 and my-testing; say splits: "
        "{train: train2017, val: val2017, test: my-testing} in "
    )
    said = "splits: {train: train2017, val: val2017, test: my-testing}\n"
    (tmp_path / "spec.yaml").write_text(said + SPEC)
    again(data).check()


def test_beside_train_a_folder_with_a_split_in_its_name_is_left_alone(tmp_path: Path) -> None:
    data = write_masks(tmp_path)
    (tmp_path / "val").rename(tmp_path / "my_val_runs")
    again(data).check()
    (tmp_path / "my_val_runs").rename(tmp_path / "val_1")
    assert "say splits: {train: train, val: val_1, test: test} in " in refusal(again(data))


def test_what_is_there_under_other_names_is_told(tmp_path: Path) -> None:
    data = write_masks(tmp_path)
    for split, name in (("train", "north"), ("val", "south"), ("test", "east")):
        (tmp_path / split).rename(tmp_path / name)
    assert (
        "no sample to train on; looked for {split}/image/{id}.png, {split} being train, for which there is east, "
        "north, south; mend" in refusal(again(data))
    )
