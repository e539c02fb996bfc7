from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.pictures import Pictures, write_pictures
from tests.tiny import arguments, write_tiny
from trainers.batches.memory import load_split
from trainers.batches.stream import Stream
from trainers.data.dataset import DataSet, Sampled
from trainers.data.loading import Loading
from trainers.data.splits.arrays import Arrays
from trainers.data.splits.pooled import Pooled, pool
from trainers.data.splits.samples import gather_samples


@pytest.fixture
def data(tmp_path: Path) -> DataSet:
    from search.config.composition import compose

    return compose(arguments(write_tiny(tmp_path, images=6))).data


def list_images(parts: Sequence[Arrays]) -> list[bytes]:
    return sorted(image.tobytes() for part in parts for image in part.images)


def test_all_images_train_and_the_test_split_stays(data: DataSet) -> None:
    whole = pool(data)
    train, val, test = (data.load(split) for split in ("train", "val", "test"))
    found = whole.load("train")
    assert np.array_equal(found.images, np.concatenate([train.images, val.images]))
    assert np.array_equal(found.targets["depth"], np.concatenate([train.targets["depth"], val.targets["depth"]]))
    assert np.array_equal(whole.load("val").images, val.images)
    assert np.array_equal(whole.load("test").images, test.images)
    assert (whole.name, whole.selected, whole.size) == (data.name, data.selected, data.size)


def test_a_division_anew_has_every_image_once_and_as_many_of_each(data: DataSet) -> None:
    divided = pool(data, 500)
    parts = [divided.load("train"), divided.load("val")]
    assert [len(part) for part in parts] == [6, 6]
    assert list_images(parts) == list_images([data.load("train"), data.load("val")])
    assert list_images(parts[:1]) != list_images([data.load("train")])
    for part in parts:  # targets go with their images
        assert np.allclose(part.targets["depth"].squeeze(), 1 + part.images[..., 1] / 128)
    assert np.array_equal(divided.load("test").images, data.load("test").images)


def test_another_seed_is_another_division_and_all_have_names_of_their_own(data: DataSet) -> None:
    one, other = pool(data, 500), pool(data, 501)
    assert list_images([one.load("train")]) != list_images([other.load("train")])
    assert list_images([one.load("train")]) == list_images([pool(data, 500).load("train")])
    assert len({each.fingerprint for each in (data, pool(data), one, other)}) == 4
    assert one == pool(data, 500)
    assert hash(one) == hash(pool(data, 500))


def test_samples_are_those_of_memory_and_can_be_streamed(tmp_path: Path) -> None:
    data = Pictures(str(write_pictures(tmp_path)), Loading(memory_gb=1e-9, workers=0, cache=str(tmp_path / "cache")))
    for draw in (None, 500):
        found = pool(data, draw)  # type: ignore[arg-type]  # has what a data set must have
        assert isinstance(found, Sampled)
        for split in ("train", "val", "test"):
            read, held = gather_samples(found.samples(split)), Pooled.load(found, split)
            assert np.array_equal(read.images, held.images)
            assert all(np.array_equal(read.targets[name], held.targets[name]) for name in held.targets)
        stream = load_split(found, "train", "cpu")
        assert isinstance(stream, Stream)
        assert len(stream) == len(found.samples("train"))
    assert not (tmp_path / "cache").exists()  # a cache a division would fill the disk


def test_a_set_without_samples_offers_none(data: DataSet) -> None:
    assert not isinstance(pool(data), Sampled)
    assert replace(pool(data), draw=3) == pool(data, 3)
