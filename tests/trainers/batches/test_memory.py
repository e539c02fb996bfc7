from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.pictures import Pictures, write_pictures
from tests.tiny import write_tiny
from trainers.batches.memory import Split, load_split
from trainers.batches.stream import Stream
from trainers.data.loading import Loading
from trainers.data.npz import Npz
from trainers.tasks.autoencoder import Autoencoder


@pytest.fixture
def data(tmp_path: Path) -> Npz:
    folder = write_tiny(tmp_path / "tiny", images=10)
    return Npz(root=str(folder), spec=str(folder / "spec.yaml"))


def test_tensors_are_the_arrays_of_the_split(data: Npz) -> None:
    arrays, split = data.load("val"), load_split(data, "val", "cpu")
    assert isinstance(split, Split)
    assert len(split) == len(arrays)
    assert split.size == data.size
    assert split.device == torch.device("cpu")
    assert np.array_equal(split.images.permute(0, 2, 3, 1).numpy(), arrays.images)
    assert split.images.is_contiguous(memory_format=torch.channels_last)
    for name, target in arrays.targets.items():
        assert np.array_equal(split.targets[name].numpy(), target)


def test_a_split_is_loaded_once(data: Npz) -> None:
    assert load_split(data, "val", "cpu") is load_split(data, "val", "cpu")
    assert load_split(data, "val", "cpu") is not load_split(data, "test", "cpu")


@pytest.mark.parametrize("order", [None, torch.tensor([7, 0, 3, 3]), torch.arange(9, -1, -1)])
@pytest.mark.parametrize("size", [1, 3, 20])
def test_batches_are_the_rows_in_order(data: Npz, order: torch.Tensor | None, size: int) -> None:
    split = load_split(data, "train", "cpu")
    assert isinstance(split, Split)
    rows = torch.arange(10) if order is None else order
    tasks = (*data.selected, Autoencoder("again"))
    batches = list(split.batches(size, tasks, order))

    assert [len(images) for images, _ in batches] == [len(part) for part in rows.split(size)]
    assert torch.equal(torch.cat([images for images, _ in batches]), split.images[rows].float() / 255)
    for task in data.selected:
        assert torch.equal(torch.cat([targets[task.name] for _, targets in batches]), split.targets[task.name][rows])
    assert all("again" not in targets for _, targets in batches)


def test_the_first_images_are_views(data: Npz) -> None:
    split = load_split(data, "train", "cpu")
    assert isinstance(split, Split)
    few = split.first(4)
    assert len(few) == len(few.targets["depth"]) == 4
    assert few.images.data_ptr() == split.images.data_ptr()
    assert len(split.first(1000)) == 10


@dataclass(frozen=True)
class Unsampled:
    """A data set of one's own that has arrays alone, though files lie behind it."""

    data: Npz

    def load(self, split: str) -> object:
        return self.data.load(split)


def test_a_data_set_of_arrays_alone_is_never_streamed(data: Npz) -> None:
    assert isinstance(load_split(Unsampled(data), "val", "cpu"), Split)


def test_samples_are_kept_or_streamed_as_loading_says(tmp_path: Path) -> None:
    root = str(write_pictures(tmp_path / "pictures", images=4))
    kept = load_split(Pictures(root, Loading(memory_gb=1.0)), "train", "cpu")
    streamed = load_split(Pictures(root, Loading(memory_gb=0.0, workers=0)), "train", "cpu")
    assert isinstance(kept, Split)
    assert isinstance(streamed, Stream)
    ((images, targets),) = streamed.batches(4, Pictures(root).selected)
    assert torch.equal(images, kept.images.float() / 255)
    assert all(torch.equal(targets[name], kept.targets[name]) for name in targets)
