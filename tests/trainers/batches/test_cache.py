"""Decoded samples on disk: never stale, never torn, and never in the way."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spaces.errors import DataError
from tests.pictures import Pictures, write_pictures
from trainers.batches import cache
from trainers.batches.cache import Cached, open_cache
from trainers.data.loading import Loading
from trainers.data.splits.samples import Sample, Samples

NAMES = ("colour", "depth")


@pytest.fixture
def data(tmp_path: Path) -> Pictures:
    root = write_pictures(tmp_path / "data", images=6)
    return Pictures(str(root), Loading(cache=str(tmp_path / "cache")))


def same(one: Sample, other: Sample) -> bool:
    pairs = [(one.image, other.image), *((one.targets[name], other.targets[name]) for name in other.targets)]
    return one.targets.keys() == other.targets.keys() and all(
        a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs
    )


def files(data: Pictures) -> list[Path]:
    return sorted(Path(data.loading.cache or "").rglob("*.npy"))


def lose(data: Pictures) -> None:
    """Take the pictures away, so that nothing but the cache can answer."""
    for path in Path(data.root).rglob("*.*"):
        path.unlink()


def test_what_was_read_once_is_read_without_the_files(data: Pictures) -> None:
    plain = data.samples("train", NAMES)
    truth = [plain.read(index) for index in range(6)]
    kept = open_cache(data, "train", NAMES)
    assert all(same(kept.read(index), truth[index]) for index in range(6))
    assert len(files(data)) == 18
    lose(data)
    assert all(same(kept.read(index), truth[index]) for index in range(6))


def test_trainings_of_other_tasks_share_what_they_have_in_common(data: Pictures) -> None:
    for index in range(6):
        open_cache(data, "train", NAMES).read(index)
    alone = open_cache(data, "train", ("depth",))
    lose(data)
    assert list(alone.read(0).targets) == ["depth"]
    assert len(files(data)) == 18


def test_without_a_folder_nothing_is_kept(data: Pictures) -> None:
    plain = replace(data, loading=Loading())
    assert not isinstance(open_cache(plain, "train", NAMES), Cached)


@pytest.mark.parametrize("change", ["a file", "a field"])
def test_data_that_changed_are_read_anew(data: Pictures, change: str) -> None:
    open_cache(data, "train", NAMES).read(0)
    if change == "a file":
        np.save(Path(data.root) / "train" / "0-depth.npy", np.full((16, 16), 7.5, np.float32))
    else:
        data = replace(data, size=(8, 8))
    before = len(files(data))
    assert same(open_cache(data, "train", NAMES).read(0), data.samples("train", NAMES).read(0))
    assert len(files(data)) == before + 3


def test_where_the_data_lie_and_how_they_come_changes_nothing(data: Pictures, tmp_path: Path) -> None:
    open_cache(data, "train", NAMES).read(0)
    moved = Path(data.root).rename(tmp_path / "moved")
    other = Pictures(str(moved), replace(data.loading, workers=0, memory_gb=0.0))
    open_cache(other, "train", NAMES).read(0)
    assert len(files(data)) == 3


@pytest.mark.parametrize("spoil", ["empty", "cut", "text", "pickle", "zip", "archive"])
def test_a_file_damaged_from_outside_is_decoded_again_and_mended(data: Pictures, spoil: str) -> None:
    kept = open_cache(data, "train", NAMES)
    truth = kept.read(0)
    for path in files(data):
        whole = path.read_bytes()
        if spoil == "pickle":
            np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
        elif spoil == "archive":
            with path.open("wb") as file:
                np.savez(file, np.zeros(3))
        else:
            path.write_bytes({"empty": b"", "cut": whole[:-9], "text": b"hello", "zip": b"PK\x03\x04"}[spoil])
    assert same(kept.read(0), truth)
    lose(data)
    assert same(kept.read(0), truth)


def test_a_full_disk_ends_the_keeping_and_nothing_else(
    data: Pictures, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept = open_cache(data, "train", NAMES)

    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)  # a disk cannot be filled in a test
    with caplog.at_level(logging.WARNING):
        samples = [kept.read(index) for index in range(3)]
    assert [record.message for record in caplog.records] == [
        "data.loading.cache: [Errno 28] No space left on device; no more samples are kept, "
        "the rest is decoded each time"
    ]
    assert all(same(sample, data.samples("train", NAMES).read(index)) for index, sample in enumerate(samples))
    assert not [path for path in Path(data.loading.cache or "").rglob("*") if path.is_file()]


def test_a_folder_that_cannot_be_is_refused_before_anything_is_read(data: Pictures, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    loading = Loading(cache=str(tmp_path / "file" / "cache"))
    with pytest.raises(DataError, match=r"data.loading.cache=.*file/cache: cannot be written to .*name another folder"):
        open_cache(replace(data, loading=loading), "train", NAMES)
    with pytest.raises(DataError, match=r"data.loading.cache=.*file/cache: cannot be written to .*name another folder"):
        cache.check_cache(loading)


def test_a_folder_that_can_be_is_left_empty_by_the_check(data: Pictures) -> None:
    cache.check_cache(data.loading)
    assert list(Path(data.loading.cache or "").iterdir()) == []


def test_what_killed_processes_left_is_removed_and_what_is_being_written_is_not(data: Pictures) -> None:
    open_cache(data, "train", NAMES)
    (new,) = (path for path in Path(data.loading.cache or "").rglob("new"))
    (new / "old").write_bytes(b"half")
    os.utime(new / "old", (time.time() - 2 * cache.ABANDONED,) * 2)
    (new / "young").write_bytes(b"half")
    open_cache(data, "train", NAMES)
    assert [path.name for path in new.iterdir()] == ["young"]


def fill(data: Pictures, times: int) -> None:
    for _ in range(times):
        samples: Samples = open_cache(data, "train", NAMES)
        for index in range(6):
            samples.read(index)
        for path in files(data):
            path.unlink(missing_ok=True)


@pytest.fixture
def fillers(data: Pictures) -> Iterator[list[multiprocessing.process.BaseProcess]]:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=fill, args=(data, 10**6)) for _ in range(2)]
    for process in processes:
        process.start()
    yield processes
    for process in processes:
        process.kill()
        process.join()


def test_two_processes_that_fill_one_folder_and_are_killed_leave_no_torn_file(
    data: Pictures, fillers: list[multiprocessing.process.BaseProcess]
) -> None:
    plain = data.samples("train", NAMES)
    truth = [plain.read(index) for index in range(6)]
    kept, seen = open_cache(data, "train", NAMES), 0
    until = time.monotonic() + 30
    while seen < 300 and time.monotonic() < until:
        for path in files(data):
            try:
                np.load(path, allow_pickle=False)
            except FileNotFoundError:  # the other has removed it
                continue
            seen += 1
    assert seen >= 300
    for process in fillers:
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
    assert all(np.load(path, allow_pickle=False).size for path in files(data))
    assert all(same(kept.read(index), truth[index]) for index in range(6))
