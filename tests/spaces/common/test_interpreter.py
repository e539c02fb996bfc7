"""The Python that runs, as a shell takes it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spaces.common.interpreter import spell_anew, spell_python

PRINT = "import sys; print(sys.prefix)"


def run(spelled: str, **environment: str) -> str:
    command = f"{spelled} -c '{PRINT}'"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_of_an_active_environment_the_name_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    assert spell_python() in ("python", "python3")
    assert run(spell_python()) == sys.prefix


def test_elsewhere_the_path_is_given_as_a_shell_takes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    if "/" not in spell_python():
        pytest.skip("this interpreter is the system's own")
    assert run(spell_python()) == sys.prefix
    place = tmp_path / "my env"
    place.mkdir()
    (place / "python").symlink_to(sys.executable)
    monkeypatch.setattr(sys, "executable", str(place / "python"))
    assert spell_python() == "'my env/python'"
    monkeypatch.chdir(place.parent.parent)
    assert spell_python() == f"'{tmp_path.name}/my env/python'"


def test_a_kept_command_is_for_the_python_that_runs_now() -> None:
    kept = "'/my env/python' -m mlflow ui --backend-store-uri 'sqlite:///a -m b.db'"
    told = f"{spell_python(anywhere=True)} -m mlflow ui --backend-store-uri 'sqlite:///a -m b.db'"
    assert spell_anew(kept) == told
    assert spell_anew("https://mlflow.example.org") == "https://mlflow.example.org"


def test_a_path_below_the_current_folder_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    monkeypatch.chdir(tmp_path)
    assert spell_python() == "bin/python"
    assert spell_python(anywhere=True) == str(tmp_path / "bin" / "python")
