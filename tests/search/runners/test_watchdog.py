from __future__ import annotations

import subprocess
import sys
import time

from tests.conftest import ROOT

SCRIPT = """
import re, time
from search.runners.watchdog import ended_after
with ended_after({seconds}):
    {what}
print("went on")
"""
HANG = 're.match("(a+)+b", "a" * 60)'  # for years, and without a glance at signals or other threads


def run(seconds: float | None, what: str) -> subprocess.CompletedProcess[str]:
    script = SCRIPT.format(seconds=seconds, what=what)
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_process_that_hangs_is_ended_and_says_where() -> None:
    begin = time.monotonic()
    ended = run(0.3, HANG)
    assert ended.returncode == 1 and ended.stdout == ""
    assert "Timeout" in ended.stderr and "line 5 in <module>" in ended.stderr
    assert time.monotonic() - begin < 50


def test_what_is_done_in_time_goes_on_and_lives() -> None:
    ended = run(0.5, "pass\ntime.sleep(1)")
    assert (ended.returncode, ended.stdout) == (0, "went on\n")


def test_without_a_limit_nothing_waits() -> None:
    assert run(None, "time.sleep(0.1)").stdout == "went on\n"
