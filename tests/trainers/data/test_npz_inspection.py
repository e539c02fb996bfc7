from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spaces.errors import ConfigError, DataError
from tests.trainers.data.archives import Split, draw, refusal, setting, write
from trainers.data.npz import Npz
from trainers.data.npz_inspection import find_equal


def _put(name: str, make: Callable[[np.ndarray], Any]) -> Callable[[Split], None]:
    def change(arrays: Split) -> None:
        arrays[name] = make(arrays[name])

    return change


OBJECTS = np.array([None] * 4, dtype=object)
WRONG_ARRAYS = {
    "missing array": (lambda a: a.pop("depth_mm"), "no array 'depth_mm' for task 'depth', the file has rgb, classes,"),
    "missing images": (lambda a: a.pop("rgb"), "no array 'rgb' for the images, the file has classes, depth_mm,"),
    "pickled array": (_put("depth_mm", lambda a: OBJECTS), "array 'depth_mm' holds Python objects, which are never"),
    "grey images": (
        _put("rgb", lambda a: a[..., 0]),
        "array 'rgb': images are not uint8 RGB (given: uint8, shape (4, 6, 8",
    ),
    "float images": (
        _put("rgb", lambda a: a / 255),
        "array 'rgb': images are not uint8 RGB (given: float64, shape (4, 6",
    ),
    "channels first": (_put("rgb", lambda a: a.transpose(0, 3, 1, 2)), "images are not uint8 RGB"),
    "empty split": (
        lambda a: a.update({k: v[:0] for k, v in a.items()}),
        "array 'rgb': an empty split (given: uint8, s",
    ),
    "other length": (
        _put("depth_mm", lambda a: a[:3]),
        "array 'depth_mm' of task 'depth': wrong length: 3 targets for 4 i",
    ),
    "a single number": (
        _put("depth_mm", lambda a: np.float32(1)),
        "of task 'depth': wrong length: no targets for 4 images",
    ),
    "other shape": (
        _put("depth_mm", lambda a: a[:, :5]),
        "wrong shape (4, 5, 8): images have 6x8 pixels; want (4, 6, 8)",
    ),
    "too many values": (
        _put("depth_mm", lambda a: np.stack([a, a], -1)),
        "of task 'depth': wrong shape (given: uint16,",
    ),
    "two of three values": (
        _put("normals", lambda a: a[..., :2]),
        "array 'normals' of task 'normals': wrong shape (given:",
    ),
    "text": (_put("depth_mm", lambda a: a.astype("U4")), "array 'depth_mm' of task 'depth': wrong dtype (given: <U4"),
    "complex numbers": (
        _put("depth_mm", lambda a: a * 1j),
        "array 'depth_mm' of task 'depth': wrong dtype (given: comple",
    ),
    "all invalid": (
        setting("depth_mm", ..., 0),
        "array 'depth_mm' of task 'depth': no valid pixel (invalid values: [0",
    ),
    "all unlabelled": (
        setting("classes", ..., 255),
        "array 'classes' of task 'classes': no valid pixel (invalid values: [",
    ),
    "class beyond": (
        setting("classes", (0, 0, 0), 3),
        "array 'classes' of task 'classes': class id 3 beyond the 3 classes 0",
    ),
    "infinite depth": (
        _put("depth_mm", lambda a: np.where(a > 2000, np.inf, a)),
        "task 'depth': infinite values (given:",
    ),
    "all NaN": (_put("depth_mm", lambda a: a * np.nan), "array 'depth_mm' of task 'depth': no valid pixel"),
    "negative depth": (
        _put("depth_mm", lambda a: -a.astype(float)),
        "array 'depth_mm' of task 'depth': negative depth -",
    ),
    "depth in other units": (_put("depth_mm", lambda a: a * 1e3), "m at scale: 0.001, at most max_m = 100 m allowed"),
    "uncentred normals": (
        _put("normals", lambda a: (a + 127.0).astype(np.uint8)),
        "task 'normals': vectors of median len",
    ),
}


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize("case", WRONG_ARRAYS)
def test_arrays_that_do_not_fit_are_refused(tmp_path: Path, case: str, split: str) -> None:
    change, expected = WRONG_ARRAYS[case]

    message = refusal(write(tmp_path / "own", change, split))

    assert expected in message
    assert message.startswith(str(tmp_path / "own" / f"{split}.npz: "))
    assert len(message.splitlines()) == 1


def test_all_that_headers_show_is_said_at_once(tmp_path: Path) -> None:
    data = write(tmp_path / "own", lambda arrays: arrays.pop("depth_mm"), "train")
    (tmp_path / "own" / "val.npz").unlink()
    broken = draw(2)
    broken["classes"] = broken["classes"][:2]
    np.savez(tmp_path / "own" / "test.npz", **broken)

    first, second, third = refusal(data).splitlines()

    assert "train.npz: no array 'depth_mm'" in first
    assert "val.npz: no such file; write it with numpy.savez_compressed" in second
    assert "test.npz: array 'classes' of task 'classes': wrong length: 2 targets for 4 images" in third


def test_one_image_is_enough_except_to_train_on(tmp_path: Path) -> None:
    def first(arrays: Split) -> None:
        arrays.update({name: array[:1] for name, array in arrays.items()})

    write(tmp_path / "own", first, "val").check()
    message = refusal(write(tmp_path / "own", first, "train"))

    assert message == (
        f"{tmp_path / 'own' / 'train.npz'}: array 'rgb': 1 image to train on; "
        "want at least 2, for batch normalisation compares the images of a batch"
    )


def test_images_of_another_size_in_one_split_are_refused(tmp_path: Path) -> None:
    def crop(arrays: Split) -> None:
        arrays.update({name: array[:, :4] for name, array in arrays.items()})

    message = refusal(write(tmp_path / "own", crop, "test"))

    assert "test.npz: images of 4x8 pixels, those of train.npz have 6x8; crop or resize" in message


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-100]),
        lambda path: path.write_bytes(b"no archive at all"),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(np.zeros(3).tobytes()),
    ],
    ids=["truncated", "text", "empty", "bare numbers"],
)
def test_a_damaged_file_is_refused(tmp_path: Path, spoil: Callable[[Path], Any]) -> None:
    data = write(tmp_path / "own")
    spoil(tmp_path / "own" / "val.npz")

    message = refusal(data)

    assert "val.npz: cannot be read (" in message
    assert "it is damaged or no .npz archive of plain arrays: copy it again, or write it again" in message


def test_damaged_contents_are_refused(tmp_path: Path) -> None:
    data = write(tmp_path / "own")
    path = tmp_path / "own" / "val.npz"
    content = bytearray(path.read_bytes())
    content[300] ^= 255  # inside the first array
    path.write_bytes(content)

    assert "val.npz: cannot be read (Bad CRC-32" in refusal(data)


def test_a_missing_folder_is_told_with_what_belongs_there(tmp_path: Path) -> None:
    data = replace(write(tmp_path / "own"), root="nowhere")

    message = refusal(data)

    assert message.startswith(f"data.root=nowhere: no folder {tmp_path / 'nowhere'}; want a folder with ")
    assert "want a folder with train.npz, val.npz, test.npz as data.spec=" in message


@pytest.mark.parametrize("root", [None, "nowhere"])
def test_without_the_kitchen_it_is_told_where_such_data_comes_from(root: str | None) -> None:
    message = refusal(Npz(root=root, spec="redkitchen"))

    assert message.startswith("data.root is not given; " if root is None else "data.root=nowhere: no folder ")
    assert "want a folder with train.npz, val.npz, test.npz as data.spec=redkitchen describes them. " in message
    assert "Such data: RGB-D frames of the sequence RedKitchen of Microsoft 7-Scenes" in message
    assert "depth_mm (uint16)" in message


def test_a_missing_specification_is_told_with_the_shipped_ones(tmp_path: Path) -> None:
    data = write(tmp_path / "own")
    shipped = r"or the name of a shipped one: redkitchen$"

    with pytest.raises(DataError, match=rf"^data\.spec is not given; want data\.spec=FILE, a YAML .* {shipped}"):
        replace(data, spec=None).check()
    with pytest.raises(DataError, match=rf"^data\.spec: no file .*/other\.yaml; want a YAML file .* {shipped}"):
        replace(data, spec="other.yaml").check()
    with pytest.raises(DataError, match=rf"^data\.spec: no file .*/kitchen\.yaml; .* {shipped}"):
        replace(data, spec="kitchen").check()


@pytest.mark.parametrize("given", [{"root": 3}, {"root": ""}, {"spec": ["a"]}])
def test_fields_of_the_wrong_type_are_refused(given: dict[str, Any]) -> None:
    (name,) = given
    with pytest.raises(ConfigError, match=rf"data\.{name}=.*: want a text that is not empty"):
        Npz(**given)


def test_images_that_two_archives_share_are_refused(tmp_path: Path) -> None:
    images = np.arange(5 * 4 * 4 * 3, dtype=np.uint8).reshape(5, 4, 4, 3)
    places = {split: tmp_path / f"{split}.npz" for split in ("train", "val", "test")}

    assert find_equal({"train": images[:3], "val": images[3:4], "test": images[4:]}, places) == []
    assert find_equal({"train": images[[0, 0, 1]], "val": images[2:3], "test": images[[3, 1, 0]]}, places) == [
        f"{tmp_path / 'test.npz'}: 2 of its images are in train.npz, too, the first at 1 and there at 2; results would "
        "be told on what was trained on or chosen by; keep one of each and take the other out"
    ]


@pytest.mark.parametrize("name", ["valid.npz", "Validation.NPZ", "VAL.npz", "val2017.npz", "my_val.npz"])
def test_an_archive_under_another_name_is_told(tmp_path: Path, name: str) -> None:
    data = write(tmp_path / "own")
    (tmp_path / "own" / "val.npz").rename(tmp_path / "own" / name)

    assert refusal(data) == f"{tmp_path / 'own' / 'val.npz'}: no such file, but {name}; rename it to val.npz"
