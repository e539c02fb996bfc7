"""Where the images of tables lie: in several folders, in those of splits, in one beside that of masks."""

from __future__ import annotations

from pathlib import Path

import pytest

from spaces.errors import DataError
from tests.trainers.data.exports.exported import draw, paste, save
from trainers.data.exports.find_table import find_table
from trainers.data.exports.image_places import find_files, find_splitting, list_folders
from trainers.data.folder import Folder


def write(root: Path, folders: list[str], *, paths: bool = False, suffix: str = ".png") -> dict[str, int]:
    """Twelve images in several folders in turn, and one table of theirs; what it says of each."""
    lines, truth = ["image,wet"], {}
    for number in range(12):
        folder = folders[number % len(folders)]
        save(root / folder / f"{number}{suffix}", draw(number)[0])
        lines.append(f"{folder if paths else ''}{number}{suffix},{number % 2}")
        truth[f"{folder}{number}{suffix}"] = number % 2
    (root / "labels.csv").write_text("\n".join(lines))
    return truth


def read(data: Folder) -> dict[str, tuple[str, int]]:
    """By image, its split and what is read of it."""
    found = {}
    for split in ("train", "val", "test"):
        samples, labels = data.samples(split), data.load(split).targets["attributes"]
        for index, label in enumerate(labels):
            path = samples.image_path(index).relative_to(Path(data.root or "")).as_posix()
            found[path] = (split, int(label[0]))
    return found


@pytest.mark.parametrize("paths", [False, True])
@pytest.mark.parametrize(
    "folders",
    [
        ["test/", "train/", "val/"],
        ["images/test/", "images/train/", "images/valid/"],
        ["train/rgb/", "val/rgb/", "test/rgb/"],
    ],
)
def test_folders_of_splits_beside_one_table_stay_splits(tmp_path: Path, folders: list[str], paths: bool) -> None:
    truth = write(tmp_path, folders, paths=paths)

    data = paste(tmp_path)
    data.check()

    found = read(data)
    assert {path: label for path, (_, label) in found.items()} == truth
    for path, (split, _) in found.items():
        assert split in path


@pytest.mark.parametrize("folders", [["b/", "a/"], ["test/", "more/"], ["2019/", "2020/deep/", "x/y/z/"]])
def test_other_folders_are_all_looked_into(tmp_path: Path, folders: list[str]) -> None:
    truth = write(tmp_path, folders)

    data = paste(tmp_path)
    data.check()

    assert {path: label for path, (_, label) in read(data).items()} == truth


def test_folders_of_masks_are_none_of_images(tmp_path: Path) -> None:
    write(tmp_path, ["train/rgb/", "val/rgb/"])
    for path in list(tmp_path.glob("*/rgb/*")):
        save(path.parent.parent / "annotations" / path.name, draw(0)[2])

    export = find_table(tmp_path)

    assert export is not None
    assert export.text.startswith('image: "{split}/rgb/{id}.png"\nsplits: {train: train, val: val}   # test: held out')


def test_an_image_without_a_row_has_the_table_say_which_there_are(tmp_path: Path) -> None:
    truth = write(tmp_path, ["train/", "val/"])
    save(tmp_path / "val" / "other.png", draw(99)[0])

    export = find_table(tmp_path)
    assert export is not None
    assert export.tool == (
        "a table with a row an image (labels.csv, whose folders train and val are not kept as splits, for "
        "val/other.png has no row: write a table a split to keep them)"
    )
    data = paste(tmp_path)
    data.check()
    assert {path: label for path, (_, label) in read(data).items()} == truth


@pytest.mark.parametrize("folders", [["train/", "val/"], ["a/", "b/"]])
def test_one_bare_name_in_two_folders_is_told_with_the_way_out(tmp_path: Path, folders: list[str]) -> None:
    write(tmp_path, folders)
    for number in range(12):
        for folder in folders:
            save(tmp_path / folder / f"{number}.png", draw(number)[0])
    if folders == ["a/", "b/"]:
        (tmp_path / "a" / "3.png").unlink()  # else one folder has all
        (tmp_path / "b" / "4.png").unlink()
    with pytest.raises(DataError) as caught:
        find_table(tmp_path)
    first, second = folders
    assert str(caught.value) == (
        f"{tmp_path / 'labels.csv'}: 0.png is in {first} and in {second}, so that a row would be read for two images; "
        f"write paths into the table, such as {first}0.png"
    )


def test_what_is_hidden_and_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    write(tmp_path, [".cache/"])

    assert list_folders(tmp_path) == [""]
    assert find_files(tmp_path, ["0.png"]) is None
    save(tmp_path / "é" / "0.PNG", draw(0)[0])
    held = find_files(tmp_path, ["0.png", "1.png"])  # half of them
    assert held is not None
    assert held.cover() == ["é/"]
    assert find_splitting(held) is None
    assert find_files(tmp_path, ["é"]) is None  # a folder
