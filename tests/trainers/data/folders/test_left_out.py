"""Images that no pattern takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from spaces.errors import DataError
from tests.trainers.data.folders.drawn import draw, write_grey


def test_images_of_another_suffix_are_told(tmp_path: Path) -> None:
    data = draw(tmp_path, write_grey)
    image = tmp_path / "train" / "image"
    for number in (0, 2):
        (image / f"{number}.jpg").rename(image / f"{number}.JPEG")
        (tmp_path / "train" / "label" / f"{number}.png").unlink()

    data.check()

    (note,) = data.notes()
    assert note.startswith("2 images beside those of the set, such as train/image/")
    assert note.endswith(
        'left out, for no pattern fits; say image: ["{split}/image/{id}.jpg", "{split}/image/{id}.JPEG"] to take them'
    )


@pytest.mark.parametrize("name", ["image/1.png", "image/0_copy.txt", "image/more/7.png", "other/9.png"])
def test_other_files_are_left_alone(tmp_path: Path, name: str) -> None:
    data = draw(tmp_path, write_grey)
    path = tmp_path / "train" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")

    assert data.notes() == []


def test_where_masks_lack_their_images_those_of_another_suffix_are_named_first(tmp_path: Path) -> None:
    data = draw(tmp_path, write_grey)
    image = tmp_path / "train" / "image"
    for number in (0, 2):
        (image / f"{number}.jpg").rename(image / f"{number}.jpeg")

    with pytest.raises(DataError) as caught:
        data.check()

    first, *more = caught.value.problems
    assert first.startswith("2 images beside those of the set, such as train/image/")
    assert first.endswith('say image: ["{split}/image/{id}.jpg", "{split}/image/{id}.jpeg"] to take them')
    assert more == [
        f"{tmp_path}: train: 4 files for task 'parts': no image for 0, 2; copy the images there, or take the files out"
    ]


def test_images_that_all_have_another_suffix_are_named(tmp_path: Path) -> None:
    data = draw(tmp_path, write_grey)
    for path in tmp_path.glob("*/image/*.jpg"):
        path.rename(path.with_suffix(".PNG"))

    with pytest.raises(DataError) as caught:
        data.check()

    assert caught.value.problems[0].startswith("12 images where those of the set would be, such as train/image/")
    assert caught.value.problems[0].endswith('say image: ["{split}/image/{id}.PNG"] to take them')


def test_targets_of_another_suffix_are_named(tmp_path: Path) -> None:
    data = draw(tmp_path, write_grey)
    for number in (0, 2):
        path = tmp_path / "val" / "label" / f"{number}.png"
        path.rename(path.with_suffix(".bmp"))

    with pytest.raises(DataError, match=r"no val/label/0.png, val/label/2.png") as caught:
        data.check()

    want = 'say files: ["{split}/label/{id}.png", "{split}/label/{id}.bmp"] to take both, or copy them'
    assert want in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "image/.x.jpg",
        "image/._0.jpg",
        "image/0~.jpg",
        "image/0-checkpoint.jpg",
        "image/.ipynb_checkpoints/0-checkpoint.jpg",
        "image/thumbs/0.jpg",
        "image/Thumb/0.JPG",
    ],
)
def test_what_programs_leave_is_no_sample_and_told(tmp_path: Path, name: str) -> None:
    data = draw(tmp_path, write_grey)
    path = tmp_path / "train" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((tmp_path / "train" / "image" / "0.jpg").read_bytes())

    data.check()

    assert len(data.samples("train")) == 4
    assert data.notes() == [
        "1 file that programs leave beside images (hidden ones, previews, backups, checkpoints), such as "
        f"train/{name}, is no sample; rename what is meant"
    ]


@pytest.mark.parametrize("name", ["checkpoint", "a-checkpoint-1", "PROGRA~1", "a~b", "thumbs-up"])
def test_names_that_are_nearly_so_are_samples(tmp_path: Path, name: str) -> None:
    data = draw(tmp_path, write_grey)
    for folder, suffix in (("image", "jpg"), ("label", "png")):
        (tmp_path / "train" / folder / f"0.{suffix}").rename(tmp_path / "train" / folder / f"{name}.{suffix}")

    data.check()

    assert len(data.samples("train")) == 4
    assert data.notes() == []
