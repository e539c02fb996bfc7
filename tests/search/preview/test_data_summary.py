from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from search.preview.data_summary import Seen, measure_extent, summarise_split, tabulate_tasks
from tests.pictures import Pictures, write_pictures
from tests.search.preview.own_kinds import SEA, Heights, Range, Summit
from trainers.data.scenes import Scenes
from trainers.data.splits.arrays import Arrays
from trainers.tasks import Task, make_task
from trainers.tasks.autoencoder import Autoencoder


def test_evenly_spread_samples_are_those_of_the_set(tmp_path: Path) -> None:
    data = Scenes(images=9, val_images=1, test_images=1, image_size=16, cache=str(tmp_path))

    seen = summarise_split(data, "train", 3)

    assert seen.count == 9
    assert np.array_equal(seen.arrays.images, data.load("train").images[[0, 4, 8]])
    assert np.array_equal(seen.arrays.targets["depth"], data.load("train").targets["depth"][[0, 4, 8]])


class Counted:
    """Samples of a set, of which those that are read are noted."""

    def __init__(self, samples: object, read: list[int]) -> None:
        self._samples, self._read = samples, read

    def __len__(self) -> int:
        return len(self._samples)

    def read(self, index: int) -> object:
        self._read.append(index)
        return self._samples.read(index)


def test_of_files_only_those_that_are_looked_at_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = Pictures(str(write_pictures(tmp_path)))
    expected, read = summarise_split(data, "train", 10**6), []
    opened = Pictures.samples

    def samples(self: Pictures, split: str, only: Sequence[str] | None = None) -> Counted:
        return Counted(opened(self, split, only), read)

    monkeypatch.setattr(Pictures, "samples", samples)
    seen = summarise_split(data, "train", 3)

    assert seen.count == expected.count == len(expected.arrays)
    assert len(read) == 3
    assert np.array_equal(seen.arrays.images, expected.arrays.images[read])
    for name, target in seen.arrays.targets.items():
        assert np.array_equal(target, expected.arrays.targets[name][read])


def test_targets_of_whole_images_are_measured_value_by_value() -> None:
    one = make_task("a", {"kind": "classification", "classes": ["cat", "dog"]})
    several = make_task("a", {"kind": "attributes", "attributes": 2})

    assert measure_extent(one, np.array([0, 1, -1, 1], np.int16)).invalid == 0.25
    found = measure_extent(several, np.array([[0, 1], [-1, 1]], np.int8))
    assert (found.shape, found.low, found.high, found.values, found.invalid) == ((2,), 0, 1, 2, 0.25)


def test_values_that_some_channels_lack_count_as_missing_and_have_no_part_in_the_range() -> None:
    task = make_task("flow", {"kind": "regression", "channels": 2})
    target = np.array([[[[1, np.nan], [3, 4]], [[np.nan, np.nan], [7, -8]]]], np.float32)

    found = measure_extent(task, target)

    assert (found.shape, found.low, found.high, found.invalid) == ((2, 2, 2), -8, 7, 3 / 8)


def test_nothing_valid_has_no_extent() -> None:
    found = measure_extent(make_task("a", {"kind": "depth"}), np.zeros((1, 1, 2, 2), np.float32))

    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert found.invalid == 1


HEIGHTS = np.array([[[[0, SEA], [-3, 40]]]], np.float32)


def test_a_kind_of_ones_own_says_what_is_invalid() -> None:
    found = measure_extent(Heights("it"), HEIGHTS)
    assert (found.low, found.high, found.invalid) == (-3, 40, 0.25)
    whole = measure_extent(Summit("it"), np.array([0, 12, SEA, SEA], np.float32))
    assert (whole.shape, whole.low, whole.high, whole.invalid) == ((), 0, 12, 0.5)


def test_a_kind_that_derives_from_a_shipped_one_has_its_invalid_values() -> None:
    """By what it is, not by what it is called."""
    found = measure_extent(Range("it"), np.array([[[[0, 2], [4, 0]]]], np.float32))
    assert (found.low, found.high, found.invalid) == (2, 4, 0.5)


def test_rows_tell_every_task_and_split() -> None:
    tasks: list[Task] = [Heights("land"), Summit("top"), Autoencoder("again")]
    seen = [
        Seen(split, 9, Arrays(np.zeros((1, 2, 2, 3), np.uint8), {"land": HEIGHTS + add, "top": np.float32([7])}))
        for split, add in (("train", 0), ("val", np.float32([[1, 0], [1, 1]])))
    ]

    assert tabulate_tasks(tasks, seen) == [
        ("task", "kind", "split", "shape", "values", "invalid"),
        ("land", "heights", "train", "1x2x2", "-3 .. 40", "25.0 %"),
        ("land", "heights", "val", "1x2x2", "-2 .. 41", "25.0 %"),
        ("top", "summit", "train", "one", "7 .. 7", "0.0 %"),
        ("top", "summit", "val", "one", "7 .. 7", "0.0 %"),
        ("again", "autoencoder", "all", "the image", "", ""),
    ]
