from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from search.status import main
from tests.conftest import ROOT


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "tests/earlier/version_2/killed", tmp_path / "runs" / "killed")
    return tmp_path / "runs"


def test_one_run_and_all_runs_are_told(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["killed"]) == 0
    assert capsys.readouterr().out.startswith("runs/killed\n  state      stopped")
    assert main([]) == 0
    assert "killed  stopped  1 of 6" in capsys.readouterr().out


def test_a_bad_name_names_the_nearest(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs/kiled"]) == 2
    assert "did you mean 'killed'?" in capsys.readouterr().err


def test_it_answers_without_torch_and_fast_for_many_trials(runs: Path) -> None:
    text = (runs / "killed" / "trials" / "0000.json").read_text()
    for number in range(1, 1000):
        (runs / "killed" / "trials" / f"{number:04d}.json").write_text(text)
    program = (
        "import sys, time; from search.status import main; main(['runs/killed']); "
        "print(time.process_time()); print([n for n in ('torch', 'optuna', 'ray', 'mlflow') if n in sys.modules])"
    )
    begun = time.monotonic()
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    *_, seconds, heavy = told.stdout.splitlines()
    assert heavy == "[]"
    assert float(seconds) < 2, time.monotonic() - begun
