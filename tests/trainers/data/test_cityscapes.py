"""Cityscapes: the preprocessed arrays, and the official trees with cameras and disparity."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spaces.errors import DataError
from tests.trainers.data.published import CAMERA, cityscapes, cityscapes_official, drawn
from trainers.data.cityscapes import find_step, metres
from trainers.data.specs.folder_spec import FILES, read_folder_spec
from trainers.data.specs.parsing import locate_spec

OFFICIAL = {  # trainId by id, of the benchmark's own table
    7: 0, 8: 1, 11: 2, 12: 3, 13: 4, 17: 5, 19: 6, 20: 7, 21: 8, 22: 9, 23: 10, 24: 11, 25: 12, 26: 13, 27: 14, 28: 15,
    31: 16, 32: 17, 33: 18,
}  # fmt: skip


@pytest.mark.parametrize("label", ["label_7", "label"])
def test_the_preprocessed_form_gives_back_what_was_stored(tmp_path: Path, label: str) -> None:
    data = cityscapes(tmp_path, label)
    data.check()

    test = data.load("test")

    for index in range(2):
        stored = drawn(200 + index, 7)
        assert np.array_equal(test.images[index], stored["image"])
        assert np.array_equal(test.targets["segmentation"][index], stored["ids"])
        known = stored["metres"] > 0
        assert np.array_equal(np.isnan(test.targets["inverse_depth"][index, 0]), ~known)
        assert np.allclose(test.targets["inverse_depth"][index, 0][known], 0.05 / stored["metres"][known])


def test_there_are_three_numbers_of_classes(tmp_path: Path) -> None:
    data = replace(cityscapes(tmp_path), tasks=("segmentation", "segmentation19", "segmentation2"))
    data.check()

    highest = {name: target.max() for name, target in data.load("train").targets.items()}

    assert highest == {"segmentation": 6, "segmentation19": 18, "segmentation2": 1}


def test_ids_become_the_classes_of_the_benchmark(tmp_path: Path) -> None:
    spec = read_folder_spec(locate_spec("cityscapes_official", FILES))

    assert dict(spec.files["segmentation"].map) == {stored: OFFICIAL.get(stored, 255) for stored in range(34)}

    data = replace(cityscapes_official(tmp_path), image_size=None)
    data.check()
    samples = data.samples("test")
    for index, row in enumerate(samples.rows):
        ids = np.asarray(Image.open(tmp_path / "gtFine" / "val" / f"{row.id}_gtFine_labelIds.png"))
        expected = np.vectorize(lambda stored: OFFICIAL.get(stored, -1))(ids)
        assert np.array_equal(samples.read(index).targets["segmentation"], expected)


def test_depth_is_baseline_times_focal_length_over_disparity(tmp_path: Path) -> None:
    data = replace(cityscapes_official(tmp_path), image_size=None, tasks=("depth", "disparity"))
    sample = data.samples("test").read(0)
    stored = np.asarray(Image.open(tmp_path / "disparity/val/frankfurt/frankfurt_000000_000000_disparity.png")).astype(
        float
    )
    known = stored > 0
    disparity = (stored[known] - 1) / 256

    assert np.allclose(sample.targets["disparity"][0][known], disparity, rtol=1e-5)
    assert np.isnan(sample.targets["disparity"][0][~known]).all()
    assert np.allclose(sample.targets["depth"][0][known], 0.209313 * 2262.52 / disparity, rtol=1e-5)
    assert not sample.targets["depth"][0][~known].any()


def test_cities_are_read_by_split_and_val_is_for_testing_alone(tmp_path: Path) -> None:
    data = cityscapes_official(tmp_path)

    names = {split: [row.id for row in data.samples(split).rows] for split in ("train", "val", "test")}

    assert names["test"] == [f"frankfurt/frankfurt_000000_{index:06d}" for index in range(2)]
    assert len(names["val"]) == 1
    assert {name.partition("/")[0] for name in (*names["train"], *names["val"])} == {"aachen", "bochum"}


def test_a_disparity_without_its_camera_is_refused(tmp_path: Path) -> None:
    cityscapes_official(tmp_path)
    stem = "val/frankfurt/frankfurt_000000_000000"
    path, camera = tmp_path / "disparity" / f"{stem}_disparity.png", tmp_path / "camera" / f"{stem}_camera.json"

    camera.write_text(json.dumps({"extrinsic": CAMERA["extrinsic"]}))
    with pytest.raises(DataError, match=r"camera.json: no camera \(no 'intrinsic'\); want extrinsic.baseline"):
        metres(path)
    camera.write_text(json.dumps({"extrinsic": {"baseline": -1}, "intrinsic": CAMERA["intrinsic"]}))
    with pytest.raises(DataError, match=r"camera.json: no camera \(extrinsic.baseline: -1\); want .*, numbers > 0"):
        metres(path)
    camera.write_text("{")
    with pytest.raises(DataError, match=r"camera.json: cannot be read"):
        metres(path)
    camera.unlink()
    with pytest.raises(DataError, match=r"camera.json: no such file"):
        metres(path)
    Image.fromarray(np.ones((4, 4), np.uint8)).save(path)
    with pytest.raises(DataError, match=r"no disparity map \(given: uint8, shape \(4, 4\)\); want a 16-bit image"):
        metres(path)


def test_targets_of_half_the_lines_are_made_of_every_second_pixel() -> None:
    assert [find_step(height) for height in (16, 512, 1023, 1024, 2048)] == [1, 1, 1, 2, 4]
