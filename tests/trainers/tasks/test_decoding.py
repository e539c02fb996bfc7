from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spaces.errors import DataError
from trainers.tasks.decoding import LABELS, describe_array, in_parts, layers, may_be_empty, one_layer, rows


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (np.array([[1, 300]], np.uint16), "uint16, shape (1, 2), values 1..300"),
        (np.array([np.nan, 2.5, -np.inf]), "float64, shape (3,), values 2.5..2.5"),
        (np.array([np.nan]), "float64, shape (1,), no finite value"),
        (np.array(["a"]), "<U1, shape (1,)"),
        (np.zeros((0, 4), bool), "bool, shape (0, 4)"),
    ],
)
def test_description(array: np.ndarray, text: str) -> None:
    assert describe_array(array) == text


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 3, 4, 1), (2, 1, 3, 4)])
@pytest.mark.parametrize("dtype", [bool, np.uint8, np.float32])
def test_one_value_a_pixel_in_any_layout(shape: tuple[int, ...], dtype: type) -> None:
    values = np.arange(24).reshape(2, 3, 4).astype(dtype)
    found = one_layer(values.reshape(shape), "here", "biuf")
    assert np.array_equal(found, values)
    assert found.dtype != bool


def test_several_values_a_pixel_in_either_layout() -> None:
    first = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    assert np.array_equal(layers(first, "here", 3), first)
    assert np.array_equal(layers(np.moveaxis(first, 1, -1), "here", 3), first)
    assert layers(first[:, 0], "here", 1).shape == (2, 1, 4, 5)


def test_channels_last_are_preferred_where_both_fit() -> None:
    cube = np.arange(2 * 3 * 4 * 3).reshape(2, 3, 4, 3)
    assert np.array_equal(layers(cube, "here", 3), np.moveaxis(cube, -1, 1))


def test_labels_of_images_are_rows() -> None:
    assert rows(np.array([1, 0, 1]), "here", 1).tolist() == [[1], [0], [1]]
    assert rows(np.array([[True, False]]), "here", 2).tolist() == [[1, 0]]
    with pytest.raises(DataError, match=r"here: wrong shape .*want 2 labels an image: \(N, 2\)"):
        rows(np.array([1, 0, 1]), "here", 2)


def test_a_coloured_mask_is_told_how_to_be_saved() -> None:
    with pytest.raises(DataError, match="save a picture of colours as grey or with a palette"):
        one_layer(np.arange(96, dtype=np.uint8).reshape(2, 4, 4, 3), "here", LABELS)
    with pytest.raises(DataError, match="save a picture of colours as one channel of numbers"):
        one_layer(np.arange(96, dtype=np.uint8).reshape(2, 4, 4, 3), "here")
    with pytest.raises(DataError, match=r"shape \(2, 4, 4, 4\).*as grey or with a palette, .*, and without an alpha"):
        one_layer(np.zeros((2, 4, 4, 4), np.uint8), "here", LABELS)
    with pytest.raises(DataError, match=r"wrong shape .*; save it without an alpha channel"):
        one_layer(np.zeros((2, 4, 4, 2), np.uint8), "here")


def test_grey_saved_as_colours_is_one_layer() -> None:
    grey = np.arange(32, dtype=np.uint8).reshape(2, 4, 4)
    assert np.array_equal(one_layer(np.repeat(grey[..., None], 3, 3), "here"), grey)
    with pytest.raises(DataError, match="wrong shape"):
        one_layer(np.zeros((2, 4, 4, 3), np.int64), "here")  # may be one-hot


def test_parts_of_a_split_may_be_empty_for_as_long_as_it_is_said() -> None:
    assert not may_be_empty()
    with pytest.raises(KeyError), in_parts():
        assert may_be_empty()
        with in_parts():
            pass
        assert may_be_empty()
        raise KeyError
    assert not may_be_empty()


def test_one_bit_files_are_zero_and_one(tmp_path: Path) -> None:
    """Pillow gives their true pixels the byte 255."""
    mask = np.random.default_rng(0).integers(0, 2, (6, 10), np.uint8)
    Image.fromarray(mask > 0).save(tmp_path / "mask.png")
    with Image.open(tmp_path / "mask.png") as image:
        read = np.asarray(image)
    assert read.dtype == bool
    np.testing.assert_array_equal(one_layer(read[None], "here", "biuf"), mask[None])
    np.testing.assert_array_equal(rows(read.reshape(-1, 1), "here", 1), mask.reshape(-1, 1))
