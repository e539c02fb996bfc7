"""A plan tells what a search would do, does none of it, and leaves the run folder to the search."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from search.config.composition import answer, compose
from search.plan import main as plan
from search.run import main as search
from spaces.common.interpreter import spell_python
from tests.tiny import arguments, write_tiny


def test_it_is_planned_then_searched_then_nothing_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    given = arguments(write_tiny(Path("data")), "trials=3", "run.name=mine")

    assert plan(given) == 0

    printed = capsys.readouterr()
    assert printed.err == ""
    assert "12 patterns, all looked at" in printed.out
    for words in ("Cheapest (all fused): ", "Costliest (all separate): ", "■───■─┬─ brightness", "└─■───■─── depth"):
        assert words in printed.out
    assert "trials     3 to train" in printed.out
    assert "baselines  3 to train, 0 are there already" in printed.out
    assert "one training at a time" in printed.out
    command = printed.out.splitlines()[-1].strip()
    assert command.startswith(f"{spell_python()} -m search.run data=npz ")
    folder = Path("runs/plans/mine")
    assert f"Written to {folder}: plan.json, cheapest.svg, costliest.svg" in printed.out
    assert sorted(path.name for path in folder.iterdir()) == ["cheapest.svg", "costliest.svg", "plan.json"]
    assert "multiply-accumulates, " in (folder / "cheapest.svg").read_text()
    assert not Path("runs/mine").exists()
    first = json.loads((folder / "plan.json").read_text())
    assert first["command"] == command
    assert first["all"] == first["within_limits"]
    assert first["all"]["patterns"] == 12
    assert first["all"]["macs"] == [first["cheapest"]["macs"], first["costliest"]["macs"]]
    assert first["all"]["flops"] == [2 * macs for macs in first["all"]["macs"]]
    expected = first["forecast"]
    assert expected["concurrency"] == 1
    for times in (expected["trial"], expected["search"], expected["step"]):
        assert 0 < times[0] <= times[1] < math.inf
    assert 0 < expected["baseline"] < math.inf
    assert expected["memory"] > expected["worker"] > 0

    assert search(given) == 0  # the very same arguments
    capsys.readouterr()
    before = {path: path.read_bytes() for path in Path("runs/mine").rglob("*") if path.is_file()}
    assert plan(given) == 0

    assert "Nothing is left to train" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in Path("runs/mine").rglob("*") if path.is_file()} == before
    again = json.loads((folder / "plan.json").read_text())
    assert again["trials"] == {"finished": 3, "to_train": 0}
    assert again["baselines"] == {"cached": 3, "to_train": 0}
    assert again["forecast"] is None


def test_limits_narrow_what_is_tried(capsys: pytest.CaptureFixture[str]) -> None:
    given = arguments(write_tiny(Path("data")), "trials=30", "limits.params=2000")

    assert plan(given) == 0

    told = capsys.readouterr().out
    written = json.loads(Path("runs/plans/fusion-npz/plan.json").read_text())
    allowed = written["within_limits"]["patterns"]
    assert 0 < allowed < written["all"]["patterns"] == 12
    assert f"12 patterns, all looked at, {allowed} within limits.params=2000" in told
    assert f"{allowed} to train; there are no other patterns within the limits" in told
    assert written["within_limits"]["params"][1] <= 2000 < written["all"]["params"][1]
    assert written["costliest"]["params"] <= 2000


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["tirals=3"], "tirals=3: unknown key; did you mean 'trials'?"),
        (["space=fuson"], "space=fuson: unknown; did you mean 'fusion'?"),
        (["limits.macs=10"], "no pattern of the space meets limits.macs=10; the least that was found is "),
        (["objectives=[speed]"], "objectives=speed: want one or more of "),
        (["run.name=plans"], "run.name=plans: searches of one run.folder share what has that name"),
        (["runner=ray_tune", "runner.cpus_per_trial=9999"], "fit on no node"),
        (["run.folder=data/train.npz"], "data/train.npz/plans/fusion-npz cannot be written"),
    ],
)
def test_what_a_search_refuses_a_plan_refuses(
    wrong: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replaced = {word.partition("=")[0] for word in wrong}
    given = [word for word in arguments(write_tiny(Path("data"))) if word.partition("=")[0] not in replaced]

    status = plan([*given, *wrong])

    printed = capsys.readouterr()
    assert status == 2
    assert printed.out == ""
    assert told in printed.err
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_training_that_cannot_be_timed_leaves_the_rest_of_the_plan(capsys: pytest.CaptureFixture[str]) -> None:
    assert plan(arguments(write_tiny(Path("data")), "trainer.lr=1e30")) == 1

    printed = capsys.readouterr()
    assert "No forecast: a training that was to be timed failed: TrainingError: the loss of " in printed.err
    assert "The search starts with" in printed.out
    assert json.loads(Path("runs/plans/fusion-npz/plan.json").read_text())["forecast"] is None


def test_help_is_that_of_the_plan_and_the_configuration_is_the_search_s(capsys: pytest.CaptureFixture[str]) -> None:
    assert plan(["--help"]) == 0
    told = capsys.readouterr().out
    assert "python -m search.plan [GROUP=CHOICE ...]" in told
    assert "  python -m search.plan space=fusion\n" in told
    assert "limits.macs=null" in told
    assert "python -m search.run [GROUP=CHOICE ...]" in str(answer(["--help"]))
    assert plan(["--cfg", "trials=7"]) == 0
    assert capsys.readouterr().out == f"{answer(['--cfg', 'trials=7'])}\n"
    assert compose(["trials=7"]).trials == 7


def test_an_interruption_ends_it_and_its_processes_without_a_traceback(tmp_path: Path) -> None:
    given = [word for word in arguments(write_tiny(tmp_path / "data", images=4000)) if word != "runner=inline"]
    process = subprocess.Popen(
        [sys.executable, "-m", "search.plan", *given, "runner.concurrency=2", "trials=99"],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for line in process.stdout:
        if line.startswith("  baselines"):
            break
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it

    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told == "\nInterrupted.\n"
