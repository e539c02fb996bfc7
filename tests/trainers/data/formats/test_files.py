"""Single files: whatever a user may have is read as it is meant, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from spaces.errors import DataError
from trainers.data.formats.files import make_rgb, read_array, read_image, readable

GREY = np.arange(12, dtype=np.uint8).reshape(3, 4)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, bool])
def test_images_keep_their_values(tmp_path: Path, kind: type) -> None:
    stored = (GREY.astype(int) * (5000 if kind is np.uint16 else 1)).astype(kind)
    Image.fromarray(stored).save(tmp_path / "x.png")

    found = read_array(tmp_path / "x.png")

    assert found.dtype == kind
    assert np.array_equal(found, stored)


def test_a_palette_image_is_ids_as_a_target_and_colours_as_an_image(tmp_path: Path) -> None:
    image = Image.fromarray(GREY).convert("P")
    colours = np.random.default_rng(0).integers(0, 256, (256, 3), dtype=np.uint8)
    image.putpalette(colours.tobytes())
    image.save(tmp_path / "x.png")

    ids = read_array(tmp_path / "x.png")

    assert np.array_equal(ids, np.asarray(Image.open(tmp_path / "x.png")))
    assert len(np.unique(ids)) == 12
    assert np.array_equal(read_image(tmp_path / "x.png"), np.asarray(Image.open(tmp_path / "x.png").convert("RGB")))


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "1", "CMYK"])
def test_every_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    path = tmp_path / ("x.jpg" if mode == "CMYK" else "x.png")
    Image.fromarray(GREY).convert(mode).save(path)

    assert read_image(path).shape == (3, 4, 3)
    assert read_image(path).dtype == np.uint8


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.full((4, 5, 3), 0.5), 128),
        (np.full((3, 4, 5), 0.5, np.float32), 128),
        (np.full((4, 5, 3), 1.004, np.float16), 255),
        (np.full((4, 5), 7, np.uint8), 7),
        (np.full((4, 5, 1), 7, np.uint8), 7),
        (np.full((4, 5, 4), 7, np.uint8), 7),
    ],
)
def test_arrays_become_images(array: np.ndarray, expected: int) -> None:
    image = make_rgb(array, "x")

    assert image.shape == (4, 5, 3)
    assert image.dtype == np.uint8
    assert (image == expected).all()


def test_floats_come_back_as_the_bytes_they_were_made_of() -> None:
    stored = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)

    for kind in (np.float64, np.float32):
        assert np.array_equal(make_rgb((stored / 255).astype(kind), "x"), stored)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.full((4, 5, 3), -1.5), "x: image of floats -1.5..-1.5; want [0, 1], with no mean or standard deviation"),
        (np.full((4, 5, 3), 200.0), "x: image of floats 200..200; want [0, 1]"),
        (np.full((4, 5, 3), np.nan), "x: image of floats nan..nan"),
        (np.ones((4, 5, 3), np.int64), "x: no image (given: int64, shape (4, 5, 3)); want uint8, or floats in [0, 1]"),
        (
            np.ones((4, 5, 2), np.uint8),
            "x: no image (given: uint8, shape (4, 5, 2)); want (H, W, 3), (3, H, W) or (H, W)",
        ),
        (np.ones((2, 4, 5, 3), np.uint8), "x: no image (given: uint8, shape (2, 4, 5, 3))"),
    ],
)
def test_what_is_no_image_is_refused(array: np.ndarray, expected: str) -> None:
    with pytest.raises(DataError) as caught:
        make_rgb(array, "x")

    assert str(caught.value).startswith(expected)


def test_a_variable_of_matlab_is_found(tmp_path: Path) -> None:
    savemat(tmp_path / "one.mat", {"depth": np.eye(3)})
    savemat(tmp_path / "two.mat", {"depth": np.eye(3), "label": np.ones((2, 2))})

    assert np.array_equal(read_array(tmp_path / "one.mat"), np.eye(3))
    assert np.array_equal(read_array(tmp_path / "two.mat", "label"), np.ones((2, 2)))
    with pytest.raises(DataError, match="which of its variables is not said, it has depth, label; say array: NAME"):
        read_array(tmp_path / "two.mat")
    with pytest.raises(DataError, match="no variable 'x', it has depth, label"):
        read_array(tmp_path / "two.mat", "x")


def test_a_suffix_that_nothing_reads_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"x\.csv: cannot tell how to read it; want a file that ends in \.png, "):
        read_array(tmp_path / "x.csv")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".npy", ".mat"])
@pytest.mark.parametrize("kept", [0, 3, 40, 150])
def test_torn_files_are_one_message(tmp_path: Path, suffix: str, kept: int) -> None:
    path = tmp_path / f"x{suffix}"
    values = np.random.default_rng(0).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    if suffix == ".npy":
        np.save(path, values)
    elif suffix == ".mat":
        savemat(path, {"x": values})
    else:
        Image.fromarray(values).save(path)
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(DataError) as caught:
        np.array(read_array(path))

    assert str(caught.value).startswith(f"{path}: ")
    assert len(caught.value.problems) == 1


def test_an_array_of_an_archive_is_found(tmp_path: Path) -> None:
    np.savez(tmp_path / "one.npz", mask=GREY)
    np.savez(tmp_path / "two.npz", mask=GREY, other=GREY * 2)

    assert np.array_equal(read_array(tmp_path / "one.npz"), GREY)
    assert np.array_equal(read_array(tmp_path / "two.npz", "other"), GREY * 2)
    with pytest.raises(DataError, match="which of its variables is not said, it has mask, other; say array: NAME"):
        read_array(tmp_path / "two.npz")


def test_a_still_gif_is_ids(tmp_path: Path) -> None:
    Image.fromarray(GREY).save(tmp_path / "x.gif")

    assert np.array_equal(read_array(tmp_path / "x.gif"), GREY)


def test_what_memory_does_not_hold_is_not_called_damaged() -> None:
    told = r"x\.png: does not fit in memory; make it smaller, or cut it into tiles$"
    with pytest.raises(DataError, match=told), readable(Path("x.png")):
        raise MemoryError


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0", "a pointer of Git LFS to the file: git lfs pull"),
        ("\n<!DOCTYPE html><p>404", "a web page, as a server sends that refuses a download: fetch the file again"),
        ("", "it is empty: copy the file again"),
    ],
)
@pytest.mark.parametrize("suffix", [".png", ".npy"])
def test_what_stands_in_for_a_file_is_named(tmp_path: Path, content: str, told: str, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_text(content)
    with pytest.raises(DataError, match=re.escape(told)):
        read_array(path)
