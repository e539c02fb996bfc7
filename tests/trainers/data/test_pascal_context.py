"""PASCAL-Context for several tasks: people's parts, borders and normals out of MATLAB files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from spaces.errors import DataError
from tests.references.thinning import thinned_by_pixels
from tests.trainers.data.published import annotation, pascal_context
from trainers.data.pascal_context import PARTS, edges, human_parts, normals, thin_edges


def test_images_of_all_sizes_come_at_one_with_every_target(tmp_path: Path) -> None:
    data = pascal_context(tmp_path)
    data = replace(data, tasks=tuple(data.available))
    data.check()

    train = data.load("train")

    assert train.images.shape == (5, 16, 16, 3)
    assert {name: target.shape[1:] for name, target in train.targets.items()} == {
        "segmentation": (16, 16),
        "parts": (16, 16),
        "saliency": (1, 16, 16),
        "normals": (3, 16, 16),
        "edges": (1, 16, 16),
    }
    assert set(np.unique(train.targets["segmentation"])) == set(range(-1, 21))
    assert set(np.unique(train.targets["saliency"])) == {0, 1}


def test_without_a_size_they_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"all want one size: data\.image_size=\[\d+,\d+\] resizes them"):
        replace(pascal_context(tmp_path), image_size=None).check()


def test_parts_are_the_six_and_images_without_people_do_not_count(tmp_path: Path) -> None:
    mask, head = np.zeros((6, 8), bool), np.zeros((6, 8), bool)
    mask[1:5, 1:5], head[1:2, 2:4] = True, True
    path = tmp_path / "x.mat"

    savemat(path, {"anno": annotation(mask, 15, {"head": head, "lfoot": mask & ~head})})
    assert np.array_equal(human_parts(path), np.where(head, 1, np.where(mask, 6, 0)))

    for kind, parts in ((15, {}), (3, {"head": head})):  # a person without parts, a boat
        savemat(path, {"anno": annotation(mask, kind, parts)})
        assert (human_parts(path) == 255).all()


def test_every_part_has_a_place() -> None:
    assert len(PARTS) == 24
    assert set(PARTS.values()) == set(range(1, 7))
    assert [PARTS[name] for name in ("nose", "torso", "luarm", "rhand", "ruleg", "lfoot")] == [1, 2, 3, 4, 5, 6]


def test_a_file_that_is_no_annotation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.mat"
    savemat(path, {"anno": np.eye(3)})
    with pytest.raises(DataError, match=r"x\.mat: no annotation of parts"):
        human_parts(path)
    savemat(path, {"other": np.eye(3)})
    with pytest.raises(DataError, match=r"x\.mat: no variable 'anno', it has other"):
        human_parts(path)
    path.write_bytes(b"nonsense")
    with pytest.raises(DataError, match=r"x\.mat: cannot be read \("):
        human_parts(path)


def test_normals_count_where_the_class_is_one_of_rooms(tmp_path: Path) -> None:
    labels = np.full((4, 6), 440, np.uint16)
    labels[:, 3:] = 360
    (tmp_path / "pascal-context" / "trainval").mkdir(parents=True)
    (tmp_path / "normals_distill").mkdir()
    savemat(tmp_path / "pascal-context" / "trainval" / "x.mat", {"LabelMap": labels})
    stored = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    path = tmp_path / "normals_distill" / "x.png"
    Image.fromarray(stored).save(path)

    found = normals(path)

    assert np.allclose(found[:, :3], stored[:, :3] / 127.5 - 1, atol=1e-6)
    assert not found[:, 3:].any()
    Image.fromarray(stored[:2]).save(path)
    with pytest.raises(DataError, match=r"x\.png: no normals \(given: uint8, shape \(2, 6, 3\)\)"):
        normals(path)


def test_edges_are_thin_lines_between_classes(tmp_path: Path) -> None:
    labels = np.full((12, 12), 5, np.uint16)
    labels[:, 6:] = 9
    savemat(tmp_path / "x.mat", {"LabelMap": labels})

    found = edges(tmp_path / "x.mat")

    assert found.dtype == np.uint8
    assert set(np.flatnonzero(found.any(0))) <= {5, 6}
    assert (found.sum(1) <= 1).all()  # one pixel wide
    assert found.sum() >= 10


@pytest.mark.parametrize("seed", range(5))
def test_thinning_is_that_of_guo_and_hall_pixel_by_pixel(seed: int) -> None:
    rng = np.random.default_rng(seed)
    coarse = rng.random((6, 7)) < 0.6
    mask = np.kron(coarse, np.ones((3, 3))).astype(bool) ^ (rng.random((18, 21)) < 0.05)

    assert np.array_equal(thin_edges(mask), thinned_by_pixels(mask))
