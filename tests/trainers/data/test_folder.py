"""One's own images and masks: what is read, which samples there are, and what is said of bad files."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spaces.errors import ConfigError, DataError
from tests.trainers.data.masks import COUNTS, SIZE, SPEC, refusal, write_masks
from trainers.data.folder import Folder


def test_targets_are_what_the_files_and_the_specification_say(tmp_path: Path) -> None:
    data = write_masks(tmp_path / "own")

    data.check()
    arrays = data.load("val")

    assert data.size == SIZE
    assert data.name == "spec"
    for index in range(COUNTS["val"]):
        folder = tmp_path / "own" / "val"
        ids = np.asarray(Image.open(folder / "label" / f"im_{index}.png")).astype(int)
        millimetres = np.asarray(Image.open(folder / "depth" / f"im_{index}.png"))
        assert np.array_equal(arrays.images[index], np.asarray(Image.open(folder / "image" / f"im_{index}.png")))
        assert np.array_equal(arrays.targets["parts"][index], np.where(ids == 255, -1, ids))
        assert np.allclose(arrays.targets["depth"][index, 0], millimetres / 1000)
        assert np.allclose(arrays.targets["normals"][index], np.load(folder / "normals" / f"im_{index}.npy"), atol=1e-6)


def test_a_split_in_memory_is_the_samples_one_by_one(tmp_path: Path) -> None:
    data = write_masks(tmp_path / "own")
    whole, samples = data.load("train"), pickle.loads(pickle.dumps(data.samples("train")))

    assert len(samples) == len(whole) == COUNTS["train"]
    for index in range(len(samples)):
        sample = samples.read(index)
        assert np.array_equal(sample.image, whole.images[index])
        assert {name: t.dtype for name, t in sample.targets.items()} == {n: t.dtype for n, t in whole.targets.items()}
        assert all(np.array_equal(target, whole.targets[name][index]) for name, target in sample.targets.items())
    assert list(data.samples("train", only=["depth"]).read(0).targets) == ["depth"]


def test_the_fingerprint_follows_files_and_reading(tmp_path: Path) -> None:
    data = write_masks(tmp_path / "own")
    before = data.fingerprint

    def now(changed: Folder = data) -> str:
        return replace(changed).fingerprint

    assert now() == before
    assert now(replace(data, image_size=(8, 8))) != before
    depth = tmp_path / "own" / "test" / "depth" / "im_0.png"
    kept = depth.read_bytes()
    depth.write_bytes(kept[:-30] + b"x" + kept[-29:])  # one byte, at the same size
    assert now() != before
    depth.write_bytes(kept)
    assert now() == before
    spec = tmp_path / "own" / "spec.yaml"
    spec.write_text(SPEC.replace("0.001", "0.002"))
    assert now() != before


def test_images_and_targets_are_resized_together(tmp_path: Path) -> None:
    data = write_masks(tmp_path / "own")
    small = replace(data, image_size=[8, 12])

    small.check()
    whole, half = data.load("train"), small.load("train")

    assert half.images.shape == (4, 8, 12, 3)
    assert np.allclose(half.images.mean(), whole.images.mean(), atol=3)  # averaged, not picked
    for name, target in half.targets.items():
        assert target.shape[-2:] == (8, 12)
        assert np.array_equal(target, whole.targets[name][..., 1::2, 1::2])  # picked, not averaged


def test_images_of_other_sizes_are_refused_or_resized(tmp_path: Path) -> None:
    data = write_masks(tmp_path / "own")
    image = tmp_path / "own" / "train" / "image" / "im_2.png"
    Image.fromarray(np.zeros((20, 24, 3), np.uint8)).save(image)

    assert refusal(data).startswith(
        f"{image}: image of 20x24 pixels, the first has 16x24; all want one size: data.image_size=[16,24] resizes them"
    )
    for name in ("label", "depth"):
        path = tmp_path / "own" / "train" / name / "im_2.png"
        Image.fromarray(np.ones((20, 24), np.uint16 if name == "depth" else np.uint8)).save(path)
    np.save(tmp_path / "own" / "train" / "normals" / "im_2.npy", np.eye(3)[0][:, None, None] * np.ones((3, 20, 24)))
    replace(data, image_size=(16, 24)).check()


def test_an_image_alone_may_have_nothing_valid_but_not_all_of_a_split(tmp_path: Path) -> None:
    data = write_masks(tmp_path / "own")
    blank = Image.fromarray(np.full(SIZE, 255, np.uint8))
    blank.save(tmp_path / "own" / "val" / "label" / "im_0.png")

    data.check()
    assert (data.load("val").targets["parts"][0] == -1).all()

    blank.save(tmp_path / "own" / "val" / "label" / "im_1.png")
    assert "no valid pixel (invalid values: [255])" in refusal(data)
    assert refusal(data).endswith(
        "(so are all 2 looked at); a split without any tells nothing: give it samples with some (splits, held_out)"
    )


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing image": (
        lambda root: (root / "val/image/im_1.png").unlink(),
        "val: 2 files for task 'parts': no image for im_1; copy the images there",
    ),
    "missing target": (
        lambda root: (root / "train/depth/im_3.png").unlink(),
        "train: 4 samples, but 3 files for task 'depth': no train/depth/im_3.png; every sample needs one",
    ),
    "one target too many": (
        lambda root: shutil.copy(root / "test/label/im_0.png", root / "test/label/im_9.png"),
        "test: 3 files for task 'parts': no image for im_9",
    ),
    "no sample": (
        lambda root: [path.unlink() for path in root.glob("test/image/*")],
        "an empty split: no sample to test on; looked for {split}/image/{id}.png, {split} being test",
    ),
    "one to train": (
        lambda root: [path.unlink() for path in root.glob("train/*/im_[123].*")],
        "1 image to train on; want at least 2",
    ),
    "truncated image": (
        lambda root: _cut(root / "val/image/im_0.png"),
        "val/image/im_0.png: cannot be read (",
    ),
    "no image at all": (
        lambda root: (root / "val/image/im_0.png").write_text("hello"),
        "val/image/im_0.png: cannot be read (cannot identify image file",
    ),
    "empty target": (
        lambda root: (root / "val/depth/im_0.png").write_bytes(b""),
        "val/depth/im_0.png: cannot be read (",
    ),
    "truncated array": (lambda root: _cut(root / "train/normals/im_0.npy"), "train/normals/im_0.npy: cannot be read ("),
    "pickle": (
        lambda root: np.save(root / "train/normals/im_0.npy", np.array([print], object), allow_pickle=True),
        "damaged or of another kind: Python objects are never loaded; save plain numbers",
    ),
    "archive": (lambda root: _archive(root / "train/normals/im_0.npy"), "im_0.npy: an archive of arrays (.npz); want"),
    "bare pickle": (
        lambda root: (root / "train/normals/im_0.npy").write_bytes(pickle.dumps([1])),
        "damaged or of another kind: Python objects are never loaded; save plain numbers",
    ),
    "label beyond": (
        lambda root: _paint(root / "train/label/im_0.png", 7, np.uint8),
        "train/label/im_0.png of task 'parts': class id 7 beyond the 4 classes 0..3",
    ),
    "another size": (
        lambda root: Image.fromarray(np.ones((8, 8), np.uint16)).save(root / "train/depth/im_0.png"),
        "train/depth/im_0.png of task 'depth': wrong shape (1, 8, 8): images have 16x24 pixels",
    ),
    "metres beyond": (
        lambda root: (root / "spec.yaml").write_text(SPEC.replace("scale: 0.001", "scale: 1")),
        "m at scale: 1, at most max_m = 100 m allowed",
    ),
    "16-bit image": (
        lambda root: _paint(root / "train/image/im_1.png", 900, np.uint16),
        "train/image/im_1.png: an image of more than 8 bits a channel",
    ),
    "a suffix that nothing reads": (
        lambda root: (root / "spec.yaml").write_text(SPEC.replace("normals/{id}.npy", "label/{id}.csv")),
        "no train/label/im_0.csv",
    ),
}


def _archive(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, normals=np.ones(3))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-60])


def _paint(path: Path, value: int, kind: type) -> None:
    Image.fromarray(np.full(SIZE, value, kind)).save(path)


@pytest.mark.parametrize("case", CHANGES)
def test_bad_files_are_named_with_the_rule(tmp_path: Path, case: str) -> None:
    data = write_masks(tmp_path / "own")
    change, expected = CHANGES[case]
    data.check()
    change(tmp_path / "own")

    assert expected in refusal(replace(data)), refusal(replace(data))
    assert str(tmp_path / "own") in refusal(replace(data))


def test_millimetres_read_as_metres_are_refused_with_the_scale_to_say(tmp_path: Path) -> None:
    data = write_masks(tmp_path / "own", SPEC.replace(", scale: 0.001", ""))

    assert "say scale: 0.001 if the array is in millimetres" in refusal(data)


def test_what_the_check_does_not_look_at_is_told_when_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainers.data.folders.sample_inspection.MOST", 2)
    data = write_masks(tmp_path / "own")
    bad = tmp_path / "own" / "train" / "label" / "im_1.png"
    _paint(bad, 7, np.uint8)
    _cut(tmp_path / "own" / "train" / "depth" / "im_1.png")

    data.check()

    for read in (lambda: data.load("train"), lambda: data.samples("train").read(1)):
        with pytest.raises(DataError) as caught:
            read()
        assert len(caught.value.problems) == 2
        assert caught.value.problems[0].startswith(f"{bad} of task 'parts': class id 7 beyond the 4 classes 0..3")


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    data = write_masks(tmp_path / "own")
    _paint(tmp_path / "own/train/label/im_0.png", 7, np.uint8)
    _cut(tmp_path / "own/val/depth/im_0.png")

    assert len(refusal(data).splitlines()) == 2


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "data.spec is not given; want data.spec=FILE, a YAML file that says what the arrays mean (format: "),
        ({"spec": "nyuv2"}, "data.root is not given; want the folder of data.spec=nyuv2. Such data: NYU Depth v2"),
        ({"spec": "nyuv2", "root": "nowhere"}, "data.root=nowhere: no folder "),
        ({"spec": "nyu", "root": "."}, "or the name of a shipped one: cityscapes, cityscapes_official, city"),
    ],
)
def test_a_missing_folder_or_specification_is_one_message(given: dict[str, str], expected: str) -> None:
    message = refusal(Folder(**given))

    assert expected in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"image_size": 64}, "data.image_size=64: want a list of at least 2 whole numbers >= 1"),
        ({"image_size": [64, 0]}, "data.image_size=[64, 0]: want a list of at least 2 whole numbers >= 1"),
        ({"image_size": [64, 64, 3]}, "data.image_size=[64, 64, 3]: want [HEIGHT, WIDTH]"),
        ({"root": 3}, "data.root=3: want a text that is not empty"),
        ({"loading": None}, "data.loading=None: want data.loading.KEY=VALUE"),
    ],
)
def test_values_of_the_wrong_type_are_refused(given: dict[str, object], expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Folder(**given)

    assert str(caught.value).startswith(expected)


def test_hundreds_of_samples_are_listed_checked_and_named(tmp_path: Path) -> None:
    for name in ("image", "depth"):
        (tmp_path / name).mkdir()
    Image.fromarray(np.ones((8, 8), np.uint16)).save(tmp_path / "one.png")
    for index in range(500):
        Image.fromarray(np.full((8, 8, 3), [index % 256, index // 256, 0], np.uint8)).save(
            tmp_path / "image" / f"{index}.png"
        )
        (tmp_path / "depth" / f"{index}.png").hardlink_to(tmp_path / "one.png")
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        "image: 'image/{id}.png'\ntasks: {d: {kind: depth, files: 'depth/{id}.png'}, a: {kind: autoencoder}}"
    )
    data = Folder(root=str(tmp_path), spec=str(spec))
    data.check()
    assert data.fingerprint

    assert [len(data.samples(split)) for split in ("train", "val", "test")] == [400, 50, 50]
