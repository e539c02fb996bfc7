"""Processes that read: they end with whoever wanted the samples, and what goes wrong in them is one message."""

from __future__ import annotations

import os
import platform
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from spaces.common.machine_faults import MachineError
from spaces.errors import DataError
from tests.pictures import Pictures, write_pictures
from trainers.batches.readers import Readers
from trainers.batches.stream import Stream, open_stream
from trainers.data.loading import Loading
from trainers.data.splits.samples import Sample


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pictures(tmp_path_factory.mktemp("pictures"))


def streamed(root: Path) -> Stream:
    return open_stream(Pictures(str(root), Loading(memory_gb=0.0, workers=1)), "train", "cpu")


def test_too_little_shared_memory_is_one_message(root: Path) -> None:
    resource = pytest.importorskip("resource", reason="the system has no such limits")
    source, (soft, hard) = streamed(root), resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
        with pytest.raises(
            MachineError, match=r"too little shared memory .* for 3 batches of 4 .* try fewer data.loading"
        ):
            next(source.batches(4, ()))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(list(source.batches(4, ()))) == 6


@pytest.mark.filterwarnings("ignore:.*pin_memory")  # where there is no GPU
@pytest.mark.parametrize("workers", [0, 1])
def test_batches_that_come_page_locked_are_the_same(root: Path, workers: int) -> None:
    samples = Pictures(str(root)).samples("train")
    plan = [[1, 0], [3, 2], [4], [2, 5], [0, 1]]  # more than there are places
    plain, locked = (Readers(lambda only: samples, "train", workers, pin=pin) for pin in (False, True))
    for (images, targets), (others, same) in zip(plain.read(plan, ()), locked.read(plan, ()), strict=True):
        assert torch.equal(images, others)
        assert targets.keys() == same.keys() != set()
        assert all(torch.equal(targets[name], same[name]) for name in targets)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other allocators are left as they are")
def test_a_process_keeps_its_memory_where_glibc_gives_it() -> None:
    # For good, so in a process of its own.
    script = "from trainers.batches.reading_process import keep_memory; print(keep_memory())"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "True\n"


class Clumsy:
    """Samples with a mistake in their own code."""

    def __len__(self) -> int:
        return 3

    def read(self, index: int) -> Sample:
        return {0: Sample(np.zeros((4, 4, 3), np.uint8), {})}[index]


def test_whatever_a_data_set_raises_is_told_with_its_place() -> None:
    readers = Readers(lambda only: Clumsy(), "train", 0, pin=False)
    with pytest.raises(DataError) as caught:
        next(readers.read([[2]], ()))
    found = r"sample 2 of the train split cannot be read: KeyError: 2 \(test_readers.py:\d+\)"
    assert re.fullmatch(found, str(caught.value))


def workers_of(parent: int) -> list[int]:
    """Processes below one, by /proc; those of a fork server are its children."""
    below: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = int(status.parent.name), status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if rest[0] != "Z":
            below.setdefault(int(rest[1]), []).append(pid)
    found, new = [], [parent]
    while new:
        new = [child for pid in new for child in below.get(pid, ())]
        found += new
    return found


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


@needs_proc
def test_a_killed_process_is_one_message_and_the_next_pass_begins_new_ones(root: Path) -> None:
    source = streamed(root)
    before = set(workers_of(os.getpid()))
    batches = source.batches(1, ())
    next(batches)
    # The last one begun: a fork server and a tracker of resources may have come before it.
    os.kill(max(set(workers_of(os.getpid())) - before), signal.SIGKILL)
    with pytest.raises(
        MachineError, match=r"a process that reads the train split was lost .* fewer data.loading.workers"
    ):
        list(batches)
    assert len(list(source.batches(8, ()))) == 3


@needs_proc
def test_a_process_killed_between_passes_is_one_message_too(root: Path) -> None:
    source, before = streamed(root), set(workers_of(os.getpid()))
    list(source.batches(8, ()))
    os.kill(max(set(workers_of(os.getpid())) - before), signal.SIGKILL)
    time.sleep(0.5)
    with pytest.raises(MachineError, match="a process that reads the train split was lost"):
        list(source.batches(8, ()))
    assert len(list(source.batches(8, ()))) == 3


def test_two_passes_at_once_are_refused(root: Path) -> None:
    source = open_stream(Pictures(str(root), Loading(memory_gb=0.0, workers=0)), "train", "cpu")
    first = source.batches(8, ())
    next(first)
    next(source.batches(8, ()))
    with pytest.raises(RuntimeError, match="another pass over these samples has begun"):
        next(first)


LONG = """
import sys, torch
from tests.pictures import Pictures
from trainers.data.loading import Loading
from trainers.batches.stream import open_stream

if __name__ == "__main__":
    source = open_stream(Pictures(sys.argv[1], Loading(workers=2)), "train", "cpu")
    order = torch.arange(24).repeat(100000)
    for number, _ in enumerate(source.batches(4, (), order)):
        if number == 5:
            print("reading", flush=True)
"""


@pytest.mark.slow
@needs_proc
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_a_training_ends_no_process_stays(root: Path, tmp_path: Path, end: signal.Signals) -> None:
    (tmp_path / "long.py").write_text(LONG)
    process = subprocess.Popen(
        [sys.executable, "long.py", str(root)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert process.stdout and process.stdout.readline() == "reading\n"
        there = workers_of(process.pid)
        assert len(there) >= 3  # two that read, and what begins them
        # Ctrl-C reaches all processes of a terminal.
        (os.killpg if end == signal.SIGINT else os.kill)(process.pid, end)
        process.communicate(timeout=20)
    finally:
        process.kill()
    until = time.monotonic() + 20
    while left := [pid for pid in there if alive(pid)]:
        assert time.monotonic() < until, left
        time.sleep(0.1)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
