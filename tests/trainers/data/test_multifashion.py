from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from search.config.composition import compose
from search.config.padding_note import describe_padding
from search.config.validation import check_settings
from spaces.errors import ConfigError, DataError
from tests.trainers.data.labelled import idx, write_fashion, write_official
from trainers.data.multifashion import CLASSES, MultiFashion
from trainers.data.splits.arrays import SPLITS

ROOT = Path(__file__).resolve().parents[3]
GENUINE = ROOT.parent / "shared" / "data" / "fashion_mnist"


def _data(root: Path) -> MultiFashion:
    return MultiFashion(root=str(root), images=20, val_images=8, test_images=8, image_size=36)


def test_all_forms_of_the_files_are_the_same_data(tmp_path: Path) -> None:
    forms = [
        _data(write_fashion(tmp_path / "npz")),
        _data(write_official(tmp_path / "idx")),
        _data(write_official(tmp_path / "gz", packed=True)),
    ]
    for data in forms:
        data.check()
    assert len({data.fingerprint for data in forms}) == 1
    for split in SPLITS:
        images = [data.load(split) for data in forms]
        assert all(np.array_equal(each.images, images[0].images) for each in images)
        assert all(np.array_equal(each.targets["right"], images[0].targets["right"]) for each in images)


def test_targets_are_what_is_shown_and_the_published_form_is_inside_the_margin(tmp_path: Path) -> None:
    published = _data(write_fashion(tmp_path / "npz"))
    arrays = published.load("train")
    assert arrays.images.shape == (20, 36, 36, 3)
    # The fixture's pictures are as bright as their class says, with noise below one class.
    for name, corner in (("left", np.s_[:, :8, :8, 0]), ("right", np.s_[:, 28:, 28:, 0])):
        assert np.array_equal(arrays.images[corner].min((1, 2)) // 20, arrays.targets[name])
    wide = replace(published, image_size=48).load("train").images
    assert np.array_equal(wide[:, 6:-6, 6:-6], arrays.images)
    assert wide.sum() == arrays.images.sum()


def test_validation_pictures_come_from_training_ones_and_are_in_no_other_split(tmp_path: Path) -> None:
    data = replace(_data(write_fashion(tmp_path / "npz")), images=200, val_images=200, test_images=200)
    shown = {split: {image[:8, :8].tobytes() for image in data.load(split).images} for split in SPLITS}
    assert [len(shown[split]) for split in SPLITS] == [25, 5, 12]
    assert len(set().union(*shown.values())) == 42


def test_files_that_change_are_read_again(tmp_path: Path) -> None:
    data = _data(write_official(tmp_path / "idx"))
    before = data.load("test").images
    path = tmp_path / "idx" / "t10k-images-idx3-ubyte"
    path.write_bytes(idx(np.full((12, 28, 28), 9)))
    os.utime(path, ns=(1, 1))
    assert not np.array_equal(data.load("test").images, before)


def _archive(**changes: np.ndarray | None) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        write_fashion(folder)
        path = folder / "fashion_mnist.npz"
        with np.load(path) as archive:
            arrays = {**archive, **changes}
        np.savez(path, **{name: array for name, array in arrays.items() if array is not None})

    return write


def _without(name: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        write_official(folder)
        (folder / name).unlink()

    return write


def _damaged(folder: Path) -> None:
    write_fashion(folder)
    path = folder / "fashion_mnist.npz"
    path.write_bytes(path.read_bytes()[:-200])


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (_archive(y_test=None), "fashion_mnist.npz: no array y_test; want x_train, y_train, x_test and y_test"),
        (
            _archive(y_train=np.zeros(29, np.uint8)),
            "array 'y_train': wrong length: labels of shape (29,) for 30 pictures; want one a picture",
        ),
        (_archive(y_train=np.full(30, 11)), "array 'y_train': class id 11 beyond the 10 classes 0..9"),
        (_archive(x_test=np.zeros((0, 28, 28), np.uint8)), "array 'x_test': an empty split, or nearly so"),
        (_archive(x_train=np.zeros((5, 28, 28), np.uint8)), "want at least 6 pictures"),
        (_archive(x_test=np.zeros((12, 784), np.uint8)), "no pictures of 28x28 pixels (given: uint8, shape (12, 784))"),
        (_archive(x_test=np.zeros((12, 28, 28))), "no pictures of 28x28 pixels (given: float64"),
        (_damaged, "fashion_mnist.npz: cannot be read"),
        (_without("train-labels-idx1-ubyte"), "train-labels-idx1-ubyte: no such file"),
        (_without("t10k-images-idx3-ubyte"), "t10k-images-idx3-ubyte: no such file"),
    ],
)
def test_wrong_files_are_one_message(write: Callable[[Path], None], message: str, tmp_path: Path) -> None:
    write(tmp_path / "root")
    with pytest.raises(DataError) as caught:
        _data(tmp_path / "root").check()
    assert len(caught.value.problems) == 1
    assert str(caught.value).startswith(str(tmp_path / "root"))
    assert message in str(caught.value)


@pytest.mark.parametrize(("root", "given"), [(None, "data.root is not given"), ("gone", "data.root=gone: no folder ")])
def test_a_missing_folder_is_told_once(root: str | None, given: str) -> None:
    with pytest.raises(DataError) as caught:
        MultiFashion(root=root).check()
    (problem,) = caught.value.problems
    assert problem.startswith(given)
    assert problem.endswith(
        "want a folder with fashion_mnist.npz, or with train-images-idx3-ubyte[.gz], train-labels-idx1-ubyte[.gz], "
        "t10k-images-idx3-ubyte[.gz], t10k-labels-idx1-ubyte[.gz]"
    )


def test_a_canvas_too_small_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"data\.image_size=35: want a whole number from 36 to 1024"):
        MultiFashion(image_size=35)


def test_the_published_size_suits_a_network_of_two_halvings_and_is_padded_for_others(tmp_path: Path) -> None:
    root = write_fashion(tmp_path / "npz")
    given = ["data=multifashion", f"data.root={root}", "network=classifier", "tracking=none"]
    check_settings(compose(given))
    deep = compose([*given, "data.image_size=36"])
    check_settings(deep)
    assert describe_padding(deep).startswith("Images of 36x36 pixels are padded to 48x48 inside the network, which ")
    published = compose([*given, "data.image_size=36", "network.encoder_widths=[16,24]"])
    check_settings(published)
    assert not describe_padding(published)


@pytest.mark.skipif(not GENUINE.is_dir(), reason="no folder shared/data/fashion_mnist beside the checkout")
def test_the_genuine_pictures_are_read() -> None:
    data = MultiFashion(root=str(GENUINE), images=3000)
    data.check()
    arrays = data.load("train")
    assert arrays.images.shape == (3000, 48, 48, 3)
    for target in arrays.targets.values():
        counts = np.bincount(target, minlength=len(CLASSES))
        assert counts.min() > 200 and counts.max() < 400
    # What the second picture does not cover tells the class of the first, mostly by the nearest mean of a class.
    grey = arrays.images[:, 6:34, 6:34, 0].astype(float)
    seen = np.concatenate([grey[:, :8].reshape(3000, -1), grey[:, 8:, :8].reshape(3000, -1)], 1)
    labels = arrays.targets["left"]
    means = np.stack([seen[:2000][labels[:2000] == label].mean(0) for label in range(len(CLASSES))])
    nearest = ((seen[2000:, None] - means) ** 2).sum(-1).argmin(1)
    assert (nearest == labels[2000:]).mean() > 0.5
