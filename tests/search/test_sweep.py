"""Sweeps from the command line: real searches, what they come to, failures, interruptions, mistakes."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from statistics import mean, stdev

import pytest
import yaml
from filelock import FileLock

from search.comparison.pooled import pool_runs
from search.load import load
from search.run import main as search
from search.sweep import main
from search.sweeping.record import open_record
from search.sweeping.sweep import plan_sweep
from spaces.common.interpreter import spell_python
from spaces.common.interruption import STOPPING
from tests.end_to_end.searches import MARK, left_running
from tests.tiny import arguments, write_tiny

ENDED = 2  # trials of each run


def given(*more: str) -> list[str]:
    return arguments(write_tiny(Path("data")), f"trials={ENDED}", *more)


def search_here(words: list[str], *numbers: int) -> None:
    """Do these runs of a sweep in this process, which has all loaded, as the sweep itself would have."""
    sweep = plan_sweep(words)
    with open_record(sweep) as record:
        for run in (sweep.runs[number] for number in numbers):
            assert search(list(run.words)) == 0
            record.finish(run)


def read_rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_a_run_that_is_refused_stops_no_other_and_the_same_command_goes_on_to_one_front(
    capfd: pytest.CaptureFixture[str],
) -> None:
    words = given("space=fusion,branching", "run.seed=0,1")
    search_here(words, 0, 1, 3)
    folder = Path("runs/sweep-space-seed")
    finished = {path: path.read_bytes() for path in folder.glob("fusion-seed.*/**/*") if path.is_file()}
    (folder / "branching-seed.0").mkdir()
    capfd.readouterr()

    with FileLock(folder / "branching-seed.0" / ".lock"):
        assert main(words) == 1
    told = capfd.readouterr()
    assert "3 of 4 runs have finished already." in told.out
    assert "branching-seed.0 is in use by another process" in told.err
    assert "1 of 4 runs did not finish:\n  branching-seed.0 was refused after" in told.err
    assert told.err.rstrip().endswith("space=fusion,branching run.seed=0,1")
    assert len(read_rows(folder / "trials.csv")) == 3 * ENDED
    assert [row["seeds"] for row in read_rows(folder / "seeds.csv")] == ["2", "1"]

    assert main(words) == 0
    told = capfd.readouterr()
    # The single-task networks of this seed were there, trained for the other space.
    assert "baselines: 0 trained" in told.out
    assert "3 of 4 runs have finished already." in told.out
    assert finished == {path: path.read_bytes() for path in folder.glob("fusion-seed.*/**/*") if path.is_file()}
    runs = [load(folder / f"{space}-seed.{seed}") for space in ("fusion", "branching") for seed in (0, 1)]
    rows = read_rows(folder / "trials.csv")
    assert [row["run"] for row in rows] == [run.path.name for run in runs for _ in range(ENDED)]
    table = read_rows(folder / "seeds.csv")
    assert [(row["space"], row["seeds"]) for row in table] == [("fusion", "2"), ("branching", "2")]
    pooled = pool_runs(runs)
    for row, names in zip(table, ([r.path.name for r in runs[:2]], [r.path.name for r in runs[2:]]), strict=True):
        volumes = [pooled.measure_volume(name) for name in names]
        assert float(row["hypervolume.mean"]) == pytest.approx(mean(volumes))
        assert float(row["hypervolume.sd"]) == pytest.approx(stdev(volumes))
        best = [max(float(each["delta_mtl"]) for each in rows if each["run"] == name) for name in names]
        assert float(row["delta_mtl.best.mean"]) == pytest.approx(mean(best))
    assert "<title>fusion-seed.0 and fusion-seed.1" in (folder / "front.html").read_text()
    assert "Written to runs/sweep-space-seed  (front.html, front.png, trials.csv, seeds.csv)" in told.out


@pytest.mark.slow
def test_an_interruption_stops_the_search_that_is_on_and_says_how_to_go_on(tmp_path: Path) -> None:
    words = [*given("run.seed=0,1"), "trainer.epochs=2000"]
    words.remove("trainer.epochs=1")
    with open(tmp_path / "log.txt", "w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "search.sweep", *words],
            env={**os.environ, "OMP_NUM_THREADS": "1", MARK: str(tmp_path)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    run, end = Path("runs/sweep-seed/seed.0"), time.monotonic() + 90
    while not (run / "study.journal").exists():
        assert process.poll() is None, (tmp_path / "log.txt").read_text()
        assert time.monotonic() < end
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)  # to the sweep alone
    assert process.wait(timeout=60) == 130
    told = (tmp_path / "log.txt").read_text()
    assert "Traceback" not in told
    assert "Interrupted.\n" in told  # the search that was on
    assert told.count("Interrupted. Nothing finished is lost; go on with:\n") == told.count("go on with") == 1
    assert told.rstrip().splitlines()[-1].strip().startswith(f"{spell_python()} -m search.sweep ")
    assert not left_running(tmp_path, seconds=20)
    assert not Path("runs/sweep-seed/seed.1").exists()


@pytest.mark.parametrize(("many", "told"), [("1", ""), ("2", f"\n{STOPPING}\n")])
def test_that_runs_side_by_side_stop_is_told_at_once_by_the_sweep(
    many: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their own words go into their logs; a run alone says it in the terminal."""
    monkeypatch.setattr("search.sweep.check_side_by_side", lambda *_: None)
    monkeypatch.setattr("search.sweep.search_all", lambda *_: os.kill(os.getpid(), signal.SIGINT))
    assert main([*given("run.seed=0,1"), "--side-by-side", many]) == 130
    assert capsys.readouterr().err.startswith(f"{told}\nInterrupted. Nothing finished is lost; go on with:\n")


def test_runs_that_cannot_be_compared_have_a_table_and_no_front(capfd: pytest.CaptureFixture[str]) -> None:
    words = given("trainer.batch_size=4,8", "run.seed=0,1")
    words = [word for word in words if word != "trainer.batch_size=8"]
    search_here(words, *range(4))
    capfd.readouterr()
    assert main(words) == 0
    told = capfd.readouterr()
    assert told.err == ""
    (line,) = [line for line in told.out.splitlines() if line.startswith("No front of all: ")]
    assert "cannot be compared" in line and "trainer.batch_size: 4 -> 8" in line
    folder = Path("runs/sweep-batch_size-seed")
    assert [(row["trainer.batch_size"], row["seeds"]) for row in read_rows(folder / "seeds.csv")] == [
        ("4", "2"),
        ("8", "2"),
    ]
    assert "hypervolumes of two rows are from two points" in told.out
    assert not (folder / "front.html").exists()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ([], "no list of values, so this would be one search"),
        (["run.seed=0,1", "tirals=3"], "tirals=3: unknown key; did you mean 'trials'?"),
        (["run.seed=0,1", "--side-by-side=2"], "each search would take all cores and GPUs of this machine for itself"),
        (["run.seed=0,1", "--paln"], "--paln: unknown flag"),
        (["run.seed=0,1", "data.root=nowhere"], "nowhere"),
        (["run.seed=0,1", "run.folder=data/train.npz"], "data/train.npz"),
        (["run.seed=0,1", "run.name=taken"], "sweep folder runs/taken holds photo.png but no sweep.json"),
    ],
)
def test_a_mistake_is_one_message_before_anything_begins(
    more: list[str], told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("runs/taken").mkdir(parents=True)
    Path("runs/taken/photo.png").touch()
    words = [word for word in given() if not any(word.partition("=")[0] == each.partition("=")[0] for each in more)]
    assert main([*words, *more]) == 2
    printed = capfd.readouterr()
    assert told in printed.err
    assert "begins" not in printed.out
    assert "Traceback" not in printed.err
    assert [path.name for path in Path("runs").iterdir()] == ["taken"]


def test_a_plan_begins_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    words = given("run.seed=0,1")
    assert main([*words, "--plan"]) == 0
    told = capsys.readouterr().out
    assert "2 runs in runs/sweep-seed, one after the other" in told
    assert told.splitlines()[-1].endswith("run.seed=0,1")
    assert not Path("runs/sweep-seed").exists()


def test_what_is_asked_is_answered_and_nothing_begins(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help", "space=fusion,gates"]) == 0
    told = capsys.readouterr().out
    assert "python -m search.sweep KEY=VALUE,VALUE" in told
    assert "--side-by-side N" in told and "--plan" in told
    assert main([*given("run.seed=3,5"), "--cfg"]) == 0
    configs = list(yaml.safe_load_all(capsys.readouterr().out))
    assert [config["run"]["seed"] for config in configs] == [3, 5]
    assert not Path("runs").exists()
