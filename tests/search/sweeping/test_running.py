"""Runs in processes of their own: how they end is told and kept, and none stops the others."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from search.sweeping.record import open_record
from search.sweeping.running import check_side_by_side, locate_log, search_all
from search.sweeping.sharing import list_groundwork
from search.sweeping.sweep import Sweep, plan_sweep
from spaces.common.atomic_files import write_json
from spaces.errors import ConfigError
from tests.tiny import arguments, write_tiny

QUICK = {True: ("--help",), False: ("tirals=3",)}  # what ends at once, well or not


def sweep(*ends: bool) -> Sweep:
    """Of as many runs as ends; their processes end so."""
    seeds = ",".join(map(str, range(len(ends))))
    whole = plan_sweep(arguments(write_tiny(Path("data")), f"run.seed={seeds}"))
    runs = [replace(run, words=QUICK[end]) for run, end in zip(whole.runs, ends, strict=True)]
    return replace(whole, runs=tuple(runs))


def test_a_run_that_fails_stops_no_other_and_what_finished_is_kept(capfd: pytest.CaptureFixture[str]) -> None:
    said: list[str] = []
    whole = sweep(False, True)
    with open_record(whole) as record:
        failed = search_all(whole, record, 1, said.append)
        assert record.finished == {"seed.1": whole.runs[1].digest}
    assert list(failed) == ["seed.0"]
    assert failed["seed.0"].startswith("was refused after ") and failed["seed.0"].endswith("(exit status 2)")
    assert [line.split(" in ")[0].split(" after ")[0] for line in said] == [
        "[1/2] seed.0 begins",
        "[1/2] seed.0 was refused",
        "[2/2] seed.1 begins",
        "[2/2] seed.1 finished",
    ]
    told = capfd.readouterr()
    assert "tirals=3: unknown key" in told.err
    assert "What should several vision tasks" in told.out


def test_side_by_side_what_runs_share_is_waited_for_and_each_has_a_log() -> None:
    said: list[str] = []
    whole = sweep(True, True)
    first, second = whole.runs
    # Of the same seed, the second rests on what the first trains: it begins once the first has ended.
    whole = replace(
        whole,
        runs=(
            first,
            replace(second, settings=replace(second.settings, run=replace(first.settings.run, name=second.name))),
        ),
    )
    with open_record(whole) as record:
        assert search_all(whole, record, 2, said.append) == {}
    assert [line.split()[1:3] for line in said] == [
        ["seed.0", "begins;"],
        ["seed.0", "finished"],
        ["seed.1", "begins;"],
        ["seed.1", "finished"],
    ]
    assert "What should several vision tasks" in locate_log(whole.runs[0]).read_text()
    assert str(locate_log(first)) in said[0]


def test_side_by_side_runs_that_share_nothing_begin_together() -> None:
    said: list[str] = []
    whole = sweep(True, True)
    assert not {job.fingerprint for job in list_groundwork(whole.runs[0].settings)} & {
        job.fingerprint for job in list_groundwork(whole.runs[1].settings)
    }
    with open_record(whole) as record:
        search_all(whole, record, 2, said.append)
    assert all("begins" in line for line in said[:2])


def test_a_search_that_outlived_its_sweep_is_waited_for() -> None:
    whole = sweep(True, True)
    whole = replace(whole, runs=whole.runs[:1])
    said: list[str] = []
    folder = whole.runs[0].folder
    folder.mkdir(parents=True)
    lock = FileLock(folder / ".lock")
    lock.acquire()
    write_json(folder / ".owner.json", {"pid": os.getpid(), "host": socket.gethostname()})

    def say(line: str) -> None:
        said.append(line)
        lock.release()

    (whole.folder / "sweep.json").write_text('{"lists": {"run.seed": ["0", "1"]}, "finished": {}}')
    with open_record(whole) as record:
        assert search_all(whole, record, 1, say) == {}
    assert "seed.0: process" in said[0] and said[0].endswith("searches it already; waiting for that")
    assert "seed.0 finished" in said[1]


@pytest.mark.parametrize(
    ("more", "many", "told"),
    [
        (
            [],
            2,
            "--side-by-side 2: each search would take all cores and GPUs of this machine for itself; start a cluster",
        ),
        (["runner=ray_tune"], 2, "start a cluster with 'ray start --head' and name it with runner.address=auto"),
        (
            ["runner=ray_tune", "runner.address=auto"],
            2,
            "say how many trainings each has at a time with runner.concurrency=N",
        ),
    ],
)
def test_side_by_side_wants_a_cluster_that_is_shared_out(
    more: list[str], many: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    given = [word for word in arguments(Path("data"), "run.seed=0,1", *more) if not more or word != "runner=inline"]
    with pytest.raises(ConfigError) as caught:
        check_side_by_side(plan_sweep(given), many)
    assert told in str(caught.value)
    check_side_by_side(plan_sweep(given), 1)
    if more:
        shared = ["runner.address=auto", "runner.concurrency=2"]
        check_side_by_side(plan_sweep([*(word for word in given if word not in shared), *shared]), many)
