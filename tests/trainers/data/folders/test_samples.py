from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spaces.errors import DataError
from tests.trainers.data.masks import SIZE, write_masks
from trainers.data.folders.samples import FolderSamples, map_ids, moves_bounds, read_stored
from trainers.data.specs.folder_spec import read_folder_spec


def samples(folder: Path, *only: str, **changes: object) -> FolderSamples:
    return replace(write_masks(folder / "own").samples("train", only or None), **changes)


def test_ids_are_mapped_and_those_without_a_class_refused(tmp_path: Path) -> None:
    task = "{kind: segmentation, classes: 3, files: '{id}.png', map: {7: 0, 8: 2}, invalid: 255}"
    text = f"image: '{{id}}.png'\ntasks: {{p: {task}}}"
    (tmp_path / "spec.yaml").write_text(text)
    spec = read_folder_spec(tmp_path / "spec.yaml")
    files, parts = spec.files["p"], spec.tasks["p"]

    for kind in (np.uint8, np.int64, np.float32):
        assert map_ids(np.array([[7, 8, 255]], kind), files, parts, "x").tolist() == [[0, 2, 255]]
    with pytest.raises(DataError, match=r"x: id 3, 9 has no class in map \(ids 7\.\.8\); add it to map"):
        map_ids(np.array([[7, 3, 9]], np.uint8), files, parts, "x")


@pytest.mark.parametrize(
    ("table", "valid", "want", "moved"),
    [
        ("{0: 0, 7: 1, 24: 2}", "[0, 30]", [0, 1, 2, -1, -1], False),  # 200 needs no class
        ("{0: 0, 7: 1, 24: 2}", "[1, 30]", [-1, 1, 2, -1, -1], False),  # class 0 is beyond, too
        ("{0: 0, 7: 1, 24: 2}", "[7, 30]", [-1, 1, 2, -1, -1], True),
        ("{0: -1, 7: 1, 24: 2}", "[7, 30]", [-1, 1, 2, -1, -1], True),
        ("{0: 0, 7: 1, 24: 2, 200: 0, 255: -1}", "[0, 254]", [0, 1, 2, 0, -1], False),
        ("{7: 0, 24: 1}", "[300, 400]", [-1] * 5, False),
    ],
)
def test_bounds_are_those_of_what_is_stored(
    tmp_path: Path, table: str, valid: str, want: list[int], moved: bool
) -> None:
    task = f"{{kind: segmentation, classes: 3, files: '{{id}}.png', map: {table}, valid: {valid}}}"
    (tmp_path / "spec.yaml").write_text(f"image: '{{id}}.png'\ntasks: {{p: {task}}}")
    spec = read_folder_spec(tmp_path / "spec.yaml")
    files, parts = spec.files["p"], spec.tasks["p"]

    for kind in (np.uint8, np.int32, np.float32):
        assert read_stored(np.array([[0, 7, 24, 200, 255]], kind), files, parts, "x").tolist() == [want]
    assert read_stored(np.array([np.nan, 7]), files, parts, "x").tolist() == [-1, want[1]]
    assert moves_bounds(files, parts) == moved


def test_a_target_is_that_of_the_whole_sample(tmp_path: Path) -> None:
    split = samples(tmp_path)
    for index in range(len(split)):
        sample, image = split.read(index), split.stored_image(index)
        assert np.array_equal(sample.image, image)
        assert sample.image.shape == (*SIZE, 3)
        for task, _ in split.files:
            assert np.array_equal(split.target(index, task, image, alone=False), sample.targets[task.name])
        assert set(sample.targets) == {"parts", "depth", "normals"}  # not the image again


def test_only_wanted_targets_are_read(tmp_path: Path) -> None:
    split = samples(tmp_path, "depth")
    (tmp_path / "own" / "train" / "label" / "im_0.png").unlink(missing_ok=True)
    for index in range(len(split)):
        assert list(split.read(index).targets) == ["depth"]


def test_everything_wrong_in_a_sample_is_said(tmp_path: Path) -> None:
    split = samples(tmp_path)
    for name in ("label", "depth"):
        for file in (tmp_path / "own" / "train" / name).iterdir():
            file.write_bytes(b"x")
    with pytest.raises(DataError) as caught:
        split.read(0)
    assert len(caught.value.problems) == 2
    assert all("cannot be read" in problem for problem in caught.value.problems)


def test_another_size_is_refused_unless_it_is_resized(tmp_path: Path) -> None:
    split = samples(tmp_path, size=(8, 12), resize=False)
    with pytest.raises(DataError, match=r"image of 16x24 pixels, the first has 8x12; .* data\.image_size=\[8,12\]"):
        split.read(0)
    sample = replace(split, resize=True).read(0)
    assert sample.image.shape == (8, 12, 3)
    assert all(target.shape[-2:] == (8, 12) for target in sample.targets.values())
    assert all(target.flags.c_contiguous for target in sample.targets.values())
