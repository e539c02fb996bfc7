"""Imports point one way, and each outside library stays in its place."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINT = Path(sys.executable).with_name("lint-imports")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the sources that a test may spoil."""
    for name in ("experiments", "search", "trainers", "spaces"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_all_contracts_are_kept() -> None:
    result = lint(ROOT)

    assert result.returncode == 0, result.stdout
    assert "Contracts: 9 kept, 0 broken" in result.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("spaces/fusion.py", "import trainers.recipe", "imports point one way"),
        ("trainers/recipe.py", "import search.problem.objectives", "imports point one way"),
        ("search/problem/objectives.py", "import optuna", "optuna stays"),
        ("search/study/study.py", "import ray", "ray stays"),
        ("trainers/recipe.py", "import mlflow", "mlflow stays"),
        ("spaces/pattern/sharing_pattern.py", "import torch", "without torch"),
        ("search/problem/objectives.py", "import search.study.fronts.front", "search: commands"),
        ("search/plan.py", "import search.run", "search: commands"),
        ("spaces/pattern/walk.py", "import spaces.networks.build", "spaces: views"),
        ("trainers/tasks/depth.py", "import trainers.data.npz", "trainers: the loop"),
    ],
)
def test_a_wrong_import_is_seen(sources: Path, file: str, line: str, contract: str) -> None:
    with open(sources / file, "a", encoding="utf-8") as text:
        text.write(f"\ndef _spoil():\n    {line}\n")  # hidden in a function, as a lazy import is

    result = lint(sources)

    assert result.returncode == 1, result.stdout
    assert [row for row in result.stdout.splitlines() if contract in row and "BROKEN" in row], result.stdout


@pytest.mark.parametrize("package", ["search", "spaces", "trainers"])
def test_a_module_without_a_place_in_the_order_is_refused(sources: Path, package: str) -> None:
    (sources / package / "unplaced.py").touch()

    result = lint(sources)

    assert result.returncode == 1, result.stdout
    assert f"{package}.unplaced" in result.stdout
