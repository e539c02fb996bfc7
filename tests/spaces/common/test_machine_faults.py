"""Real errors of a machine, made in small child processes or with files that are in the way."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from spaces.common.machine_faults import MachineError, explain_fault, find_machine_fault
from spaces.errors import ConfigError, DataError, PatternError
from tests.conftest import ROOT

LIMITED = """
import resource, sys
import numpy as np, torch
from spaces.common.machine_faults import find_machine_fault

resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
values = torch.zeros(100_000)

def by_name(): torch.save({"a": values}, "by_name.pt")
def by_file(): torch.save({"a": values}, open("by_file.pt", "wb"))
def by_numpy(): np.save(open("by_numpy.npy", "wb"), values.numpy())
def by_text(): open("by_text.txt", "w").write("x" * 50_000)
def to_full(): open("/dev/full", "w", buffering=1).write("x\\n")
def too_many(): resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20)); print([open("/dev/null") for _ in range(30)])

for write in (by_name, by_file, by_numpy, by_text, to_full, too_many):
    try:
        write()
    except Exception as error:
        print(write.__name__, "|", find_machine_fault(error))
"""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_files_that_cannot_be_written_are_the_machines_fault_however_they_are_written(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LIMITED]
    done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    told = dict(line.split(" | ") for line in done.stdout.splitlines() if " | " in line)
    assert told.keys() == {"by_name", "by_file", "by_numpy", "by_text", "to_full", "too_many"}, done.stderr
    assert "a file could not be written" in told["by_name"] and "a file could not be written" in told["by_numpy"]
    assert told["by_file"] == told["by_text"] == "File too large: raise the limit of file sizes (ulimit -f)"
    assert told["to_full"] == "No space left on device: make room there"
    assert told["too_many"] == "Too many open files (/dev/null): raise the number of open files (ulimit -n)"


def test_a_file_where_a_folder_should_be_is_the_machines_fault(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="Not a directory") as caught:
        (tmp_path / "file" / "inside").mkdir(parents=True)
    assert find_machine_fault(caught.value) == (
        f"Not a directory ({tmp_path / 'file' / 'inside'}): move away what lies there"
    )


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ESTALE, errno.EACCES, errno.EROFS])
@pytest.mark.parametrize("hidden", [False, True])
def test_what_hides_an_error_does_not_hide_whose_fault_it_is(number: int, hidden: bool) -> None:
    try:
        try:
            raise OSError(number, "words")
        except OSError as error:
            raise RuntimeError("a library's own words") from (None if hidden else error)
    except RuntimeError as error:
        assert find_machine_fault(error).startswith("words: ")
    assert find_machine_fault(ExceptionGroup("several", [ValueError(), OSError(number, "words")])).startswith("words: ")


@pytest.mark.parametrize(
    "words",
    [
        "[Errno 28] No space left on device",
        "PytorchStreamWriter failed writing file data/3: file write failed",
        "basic_ios::clear: iostream error",
        "CUDA error: uncorrectable ECC error encountered",
        "Caught OSError in DataLoader worker process 0.\nOSError: [Errno 116] Stale file handle",
    ],
)
def test_words_tell_it_where_no_number_does(words: str) -> None:
    assert find_machine_fault(RuntimeError(words))


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("CUDA error: operation not permitted when stream is capturing"),
        RuntimeError("loss is not finite in epoch 1"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        MemoryError(),
        ValueError("mat1 and mat2 shapes cannot be multiplied"),
        PatternError("no network can realise it"),
    ],
)
def test_what_the_pattern_does_stays_its_own_fault(error: Exception) -> None:
    assert explain_fault(error) == ""


def test_a_file_that_was_asked_for_in_vain_does_not_excuse_what_came_of_it() -> None:
    try:
        try:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", "cache")
        except FileNotFoundError as error:
            assert find_machine_fault(error).startswith("No such file or directory (cache): ")
            raise ValueError("a shape") from error
    except ValueError as error:
        assert explain_fault(error) == ""


def test_mistakes_of_the_user_are_no_patterns_fault_either() -> None:
    assert explain_fault(DataError(["one", "two"])) == "one; two"
    assert explain_fault(ConfigError("a file is gone")) == "a file is gone"
    assert find_machine_fault(DataError("damaged")) == ""
    assert find_machine_fault(MachineError("its node is gone")) == "its node is gone"
