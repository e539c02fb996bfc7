from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spaces.errors import DataError
from tests.trainers.data.masks import SIZE, write_masks
from trainers.data.folders.samples import FolderSamples


def samples(folder: Path, *only: str, **changes: object) -> FolderSamples:
    return replace(write_masks(folder / "own").samples("train", only or None), **changes)


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
