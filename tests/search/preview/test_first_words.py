from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from search.config.composition import compose
from search.preview.first_words import describe_start
from search.preview.kept_plan import KeptPlan
from tests.conftest import ROOT


def test_the_first_words_tell_what_is_known(tmp_path: Path) -> None:
    settings = compose(["space=fusion", "sampler=random", "trials=3", f"run.folder={tmp_path}"])
    folder = tmp_path / "fusion-scenes"
    assert (
        describe_start(settings, KeptPlan(80.0, 2))
        == f"fusion on scenes: 9 single-task networks, 3 trials, 2 at a time, about 1 min 20 s, {folder}"
    )
    (folder / "trials").mkdir(parents=True)
    (folder / "trials" / "0000.json").touch()
    assert describe_start(settings, KeptPlan(80.0, 2)).endswith(f"3 trials, 1 ended before, 2 at a time, {folder}")


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
