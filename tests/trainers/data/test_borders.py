"""Edges of label maps against a slow, obvious version, and through the specifications that name their readers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spaces.errors import DataError
from tests.trainers.data.published import PUBLISHED
from trainers.data.borders import CITYSCAPES, cityscapes_edges, find_borders, nyud_edges
from trainers.data.formats.resizing import resized_target
from trainers.data.specs.folder_spec import FILES, read_folder_spec
from trainers.data.specs.parsing import locate_spec


def slow_borders(ids: np.ndarray) -> np.ndarray:
    """Largest against smallest id of the 3x3 pixels around each, a pixel at a time."""
    borders = np.zeros(ids.shape, bool)
    for row, column in np.ndindex(ids.shape):
        around = ids[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
        borders[row, column] = around.max() != around.min()
    return borders


def draw_ids(size: tuple[int, int], patch: int) -> np.ndarray:
    """Patches of Cityscapes' ids, 255 among them."""
    rng = np.random.default_rng(0)
    coarse = rng.choice([*range(34), 255], (-(-size[0] // patch), -(-size[1] // patch)))
    return np.kron(coarse, np.ones((patch, patch), int))[: size[0], : size[1]].astype(np.uint8)


def stored(path: Path, ids: np.ndarray) -> Path:
    Image.fromarray(ids).save(path)
    return path


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (7, 1), (2, 2), (23, 31)])
@pytest.mark.parametrize("patch", [1, 3, 6])
def test_borders_are_where_dilation_and_erosion_differ(size: tuple[int, int], patch: int) -> None:
    ids = draw_ids(size, patch)

    np.testing.assert_array_equal(find_borders(ids), slow_borders(ids))


def test_a_border_is_two_pixels_wide_and_none_goes_round_the_image() -> None:
    ids = np.zeros((6, 8), np.uint8)
    ids[:, 4:] = 1

    assert find_borders(ids).sum(0).tolist() == [0, 0, 0, 6, 6, 0, 0, 0]


@pytest.mark.parametrize("patch", [2, 7, 40])
def test_of_whole_files_they_are_those_of_the_resized_map(tmp_path: Path, patch: int) -> None:
    ids = draw_ids((1024, 256), patch)

    edges = resized_target(cityscapes_edges(stored(tmp_path / "ids.png", ids)), (512, 128))

    small = resized_target(ids, (512, 128))
    expected = np.where(np.isin(small, CITYSCAPES), slow_borders(small), 255)
    np.testing.assert_array_equal(edges, expected)


def test_the_ids_that_count_are_those_of_the_classes() -> None:
    classes = dict(read_folder_spec(locate_spec("cityscapes_pdf", FILES)).files["segmentation"].map)

    assert tuple(each for each, cls in classes.items() if cls != 255) == CITYSCAPES
    assert len({classes[each] for each in CITYSCAPES}) == len(CITYSCAPES)  # so that ids differ where classes do


def test_what_has_no_class_is_invalid_and_what_lies_beside_it_an_edge(tmp_path: Path) -> None:
    ids = np.full((3, 5), 7, np.uint8)
    ids[:, 3:] = 4

    edges = cityscapes_edges(stored(tmp_path / "ids.png", ids))
    assert edges.dtype == np.uint8
    assert edges.tolist() == [[0, 0, 1, 255, 255]] * 3
    ids[:, 3:] = 0
    assert nyud_edges(stored(tmp_path / "ids.png", ids)).tolist() == [[0, 0, 1, 255, 255]] * 3


def test_a_file_that_is_no_map_of_ids_is_refused(tmp_path: Path) -> None:
    path = stored(tmp_path / "ids.png", np.zeros((4, 4, 3), np.uint8))
    for reader in (cityscapes_edges, nyud_edges):
        with pytest.raises(DataError, match=r"no map of ids \(given: uint8, shape \(4, 4, 3\)\); want an image of one"):
            reader(path)
        with pytest.raises(DataError, match="no such file"):
            reader(tmp_path / "nowhere.png")


@pytest.mark.parametrize("name", ["cityscapes_pdf", "nyudv2_pdf"])
def test_the_tasks_of_pdf_are_there_and_edges_those_of_the_segmentation(name: str, tmp_path: Path) -> None:
    data = replace(PUBLISHED[name](tmp_path), image_size=None)
    data.check()

    roles = {task.name: task.role for task in data.selected}
    assert roles == dict.fromkeys(("segmentation", "depth"), "main") | dict.fromkeys(
        ("edges", "normals", "autoencoder"), "auxiliary"
    )
    samples = data.samples("test")
    for index in range(len(samples)):
        targets = samples.read(index).targets
        classes = targets["segmentation"].squeeze()
        expected = np.where(classes < 0, -1, slow_borders(classes))
        np.testing.assert_array_equal(targets["edges"][0], expected)
        assert (classes < 0).any() and (expected == 1).any()
