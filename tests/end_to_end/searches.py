"""Searches as a user starts them, in a process of their own, and what they leave behind."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import chdir, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import optuna
from optuna.trial import TrialState

from search.jobs.trial import Trial, load_trial
from search.run import main

MARK = "SEARCH_TEST_FOLDER"


def start(arguments: Sequence[str], folder: Path) -> subprocess.Popen[str]:
    """Start ``python -m search.run`` in a process group of its own; its output goes to log.txt."""
    with open(folder / "log.txt", "a") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "search.run", *arguments],
            cwd=folder,
            env={**os.environ, "COLUMNS": "150", "OMP_NUM_THREADS": "1", MARK: str(folder)},
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


def left_running(folder: Path, seconds: float = 90.0) -> list[str]:
    """Command lines of processes that searches in this folder have left, after they had some time to go by themselves.

    Every process that a search starts, Ray's too, inherits its environment and so the mark.
    """
    mark = f"{MARK}={folder}".encode()
    end = time.monotonic() + seconds
    while True:
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (place / "environ").read_bytes().split(b"\0"):
                    found.append((place / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue  # it went away
        if not found or time.monotonic() > end:
            return found
        time.sleep(0.2)


def finish(arguments: Sequence[str], folder: Path, seconds: float = 200.0) -> str:
    """Run a search to its end and return what it printed.

    Inline ones, and those on a cluster that runs already, are driven by this process, which has all loaded.
    """
    if any(word == "runner=inline" or word.startswith("runner.address=") for word in arguments):
        environment = patch.dict(os.environ)  # of Ray's settings nothing is to stay
        with environment, (folder / "log.txt").open("a+") as log, chdir(folder), redirect_stdout(log):
            before = log.tell()
            status = main(list(arguments))
            log.seek(before)
            printed = log.read()
        assert status == 0, printed
        return printed
    before = (folder / "log.txt").stat().st_size if (folder / "log.txt").exists() else 0
    process = start(arguments, folder)
    status = process.wait(timeout=seconds)
    printed = (folder / "log.txt").read_text()[before:]
    assert status == 0, printed
    return printed


def kill_when(process: subprocess.Popen[str], reached: Callable[[], bool], seconds: float = 120.0) -> None:
    """Kill the driver alone, with SIGKILL, as soon as the condition holds."""
    end = time.monotonic() + seconds
    while not reached():
        assert process.poll() is None, "the search ended before it could be killed"
        assert time.monotonic() < end, "the search did not come far enough to be killed"
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=20)


def trials_in(run: Path) -> dict[int, Trial]:
    """The finished trials of a run folder, by number."""
    found = (load_trial(path) for path in sorted((run / "trials").glob("[0-9]*.json")))
    return {trial.number: trial for trial in found}


def states_in(run: Path) -> list[TrialState]:
    """The states of the study's trials."""
    storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(str(run / "study.journal")))
    return [trial.state for trial in optuna.load_study(study_name=run.name, storage=storage).trials]


def rows_of(table: Path) -> list[dict[str, str]]:
    """A CSV file's rows."""
    with open(table, newline="") as file:
        return list(csv.DictReader(file))
