from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from search.config.composition import compose
from search.preview.first_words import describe_start
from search.preview.kept_plan import KeptPlan
from search.run import main
from tests.conftest import ROOT


def test_the_first_words_tell_what_is_known(tmp_path: Path) -> None:
    settings = compose(["space=fusion", "sampler=random", "trials=3", f"run.folder={tmp_path}"])
    folder = tmp_path / "fusion-scenes"
    assert (
        describe_start(settings, KeptPlan(80.0, 2))
        == f"fusion on scenes: 9 single-task networks, 3 trials, 2 at a time, about 1 min 20 s, {folder}"
    )
    assert describe_start(settings, KeptPlan(80.0, 2, 4)).startswith(
        "fusion on scenes: 9 single-task networks (4 there already), 3 trials"
    )
    (folder / "trials").mkdir(parents=True)
    (folder / "trials" / "0000.json").touch()
    assert describe_start(settings, KeptPlan(80.0, 2)).endswith(f"3 trials, 1 ended before, 2 at a time, {folder}")
    (folder / "baselines.json").write_text(json.dumps({str(number): {} for number in range(9)}))
    assert "9 single-task networks (all there already), 3 trials" in describe_start(settings, None)


def test_networks_that_follow_one_another_are_not_told_as_side_by_side(tmp_path: Path) -> None:
    settings = compose(["space=fusion", "budget=30", "trials=3", f"run.folder={tmp_path}"])
    told = describe_start(settings, KeptPlan(80.0, 2))
    assert "a supernet of 8 epochs, 2 at a time, 3 networks one after the other, about 1 min 20 s, " in told


def test_they_come_before_anything_heavy(tmp_path: Path) -> None:
    program = """
import builtins, sys
from search import run
def tell(text, **how):
    heavy = [each for each in ("torch", "ray", "optuna", "mlflow", "scipy", "pandas") if each in sys.modules]
    builtins.print(text, heavy)
    raise SystemExit
run.say = tell
run.main(["space=fusion", "budget=40"])
"""
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert told.stdout.startswith("fusion on scenes: 9 single-task networks, a supernet of "), told.stderr
    assert told.stdout.endswith("runs/fusion-scenes []\n")


def test_a_search_that_is_refused_for_its_objectives_says_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["space=fusion", "objectives=[delta_mtl,foo]", f"run.folder={tmp_path}"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "foo" in told.err
