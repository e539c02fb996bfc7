from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

TALK = """
import sys
from spaces.common.lasting_output import lasting_output

before = sys.stdout, sys.stderr
with lasting_output():
    for _ in range(3000):
        print("a line with ─ and é", flush=True)
    print("told", file=sys.stderr)
    open("done", "w").close()
assert (sys.stdout, sys.stderr) == before
"""


def talk(folder: Path, shell: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "talk.py").write_text(TALK, encoding="utf-8")
    command = shell.format(python=f"{sys.executable} talk.py")
    env = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", **environment}
    return subprocess.run(["sh", "-c", command], cwd=folder, env=env, capture_output=True, text=True)


@pytest.mark.parametrize("shell", ["{python} | head -1", "{python} >&-", "{python} >/dev/full", "{python} >&- 2>&-"])
def test_work_ends_well_whatever_becomes_of_its_output(shell: str, tmp_path: Path) -> None:
    done = talk(tmp_path, shell)
    assert (tmp_path / "done").exists()
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    assert done.stderr.strip() == ("" if "2>" in shell else "told")


def test_signs_that_a_locale_does_not_know_are_spelt_out(tmp_path: Path) -> None:
    done = talk(tmp_path, "{python}", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.stdout.splitlines()[0] == r"a line with \u2500 and \xe9"
