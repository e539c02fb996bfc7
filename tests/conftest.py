"""What all tests share: no telemetry, no run that leaves files in the checkout, one command line runner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
CommandLine = Callable[..., subprocess.CompletedProcess[str]]

# On busy cores deadlines, and how long inputs take to be made, measure the neighbours.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

# Where the tests run in the background Ctrl-C is ignored, and so it would be by the processes that they begin.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _own_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative paths such as runs/ end in the test's own folder, and no store elsewhere is written to."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setenv("SEARCH_ALLOW", "")  # what a test allows is its own
    # Processes that a test starts find the packages from there too.
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep))


@pytest.fixture(autouse=True)
def _same_threads() -> Iterator[None]:
    """Torch is left with as many threads: with more, all that follows takes many times the processor's time."""
    before = _count_threads()
    yield
    assert before in (None, _count_threads())


def _count_threads() -> int | None:
    """Of torch, where it is there already."""
    torch = sys.modules.get("torch")
    return torch.get_num_threads() if hasattr(torch, "get_num_threads") else None


@pytest.fixture
def command_line(tmp_path: Path) -> CommandLine:
    """Runs ``python -m search.run ARGUMENTS`` in a process of its own, in the test's folder."""

    def run(*arguments: str, seconds: float = 60.0) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "COLUMNS": "120"}
        return subprocess.run(
            [sys.executable, "-m", "search.run", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    return run
