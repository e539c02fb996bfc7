from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

from tests.conftest import ROOT


def test_other_packages_of_our_names_do_not_stand_in_the_way(tmp_path: Path) -> None:
    """A lab's own repository, in which the search is started, has packages of the same names."""
    for name in ("experiments", "spaces", "trainers"):
        (tmp_path / name / "conf").mkdir(parents=True)
        (tmp_path / name / "__init__.py").write_text("")
        (tmp_path / name / "conf" / "config.yaml").write_text("lr: 1\n")
    path = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(ROOT)!r}]; "
    run = "from search.run import main; sys.exit(main(['--cfg']))"
    done = subprocess.run([sys.executable, "-c", path + run], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, yaml.safe_load(done.stdout)["run"]["name"]) == (0, "fusion-scenes"), done.stderr
    assert done.stderr == "".join(
        f"another package named {name} lies in {tmp_path / name}; that of the search, {ROOT / name}, is used\n"
        for name in ("spaces", "trainers")
    )
    done = subprocess.run(
        [sys.executable, "-c", path + "import spaces; " + run], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stderr.splitlines()[-1] == (
        f"ImportError: this process has loaded another package named spaces, from {tmp_path / 'spaces'}; that of the "
        f"search lies in {ROOT / 'spaces'}: import search first, or rename yours"
    )
