"""Taskonomy: buildings make the splits, units are those of its own files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.trainers.data.published import drawn, taskonomy
from trainers.data.folder import Folder
from trainers.data.specs.folder_spec import FILES, read_folder_spec
from trainers.data.specs.parsing import locate_spec


@pytest.mark.parametrize("form", ["{building}/{task}", "{task}/{building}", "{task}/taskonomy/{building}"])
def test_all_orders_of_folders_give_back_what_was_stored(tmp_path: Path, form: str) -> None:
    data = replace(taskonomy(tmp_path, form), image_size=None)
    data = replace(data, tasks=tuple(data.available))
    data.check()

    samples = data.samples("test")

    assert [row.split for row in samples.rows] == ["muleshoe"] * 2
    for index in range(2):
        stored, sample = drawn(800 + index, 17), samples.read(index)
        hole = stored["metres"] == 0
        assert np.array_equal(sample.image, stored["image"])
        assert np.array_equal(sample.targets["segmentation"], stored["ids"])  # uncertain is invalid, background is 0
        assert np.allclose(sample.targets["depth"][0], stored["metres"], atol=1 / 512)
        assert np.array_equal(sample.targets["depth"][0] == 0, hole)
        cosine = (sample.targets["normals"] * stored["normals"].transpose(2, 0, 1)).sum(0)
        assert (cosine[stored["normals"].any(-1)] > 0.999).all()
        keypoints = (stored["metres"] * 30).astype(np.uint16) / 2**16
        assert np.allclose(sample.targets["keypoints2d"][0], keypoints / 0.005 * 2 - 1, atol=1e-4)
        texture = (stored["metres"] * 500).astype(np.uint16) / 2**16
        assert np.allclose(sample.targets["edge_texture"][0], texture / 0.08 * 2 - 1, atol=1e-4)


def test_tiny_is_thirty_five_buildings_in_three_splits() -> None:
    splits = read_folder_spec(locate_spec("taskonomy_tiny", FILES)).splits

    assert isinstance(splits, dict)
    assert {split: len(names) for split, names in splits.items()} == {"train": 25, "val": 5, "test": 5}
    assert len({name for names in splits.values() for name in names}) == 35


def test_the_published_table_says_who_is_where(tmp_path: Path) -> None:
    taskonomy(tmp_path)
    data = Folder(root=str(tmp_path), spec="taskonomy_medium")

    data.check()

    assert {split: {row.split for row in data.samples(split).rows} for split in ("train", "val", "test")} == {
        "train": {"allensville"},
        "val": {"corozal"},
        "test": {"muleshoe"},
    }


def test_buildings_of_ones_own_are_a_copy_of_the_specification(tmp_path: Path) -> None:
    taskonomy(tmp_path)
    text = locate_spec("taskonomy_medium", FILES).read_text()
    own = "splits: {train: [allensville], val: [muleshoe], test: [corozal]}"
    lines = [own if line.startswith("splits:") else line for line in text.splitlines()]
    (tmp_path / "own.yaml").write_text("\n".join(lines))
    data = Folder(root=str(tmp_path), spec=str(tmp_path / "own.yaml"))

    data.check()

    assert {row.split for row in data.samples("val").rows} == {"muleshoe"}
