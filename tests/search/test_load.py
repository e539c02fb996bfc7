from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from search.config.composition import compose
from search.jobs.trial import save_trial
from search.load import load
from search.study.run_folder import open_folder
from spaces.errors import ConfigError
from tests.search.trials import complete


@pytest.fixture
def folder() -> Path:
    """Of a search over the default problem with two trials, of which there are only the numbers."""
    with open_folder(compose(["run.name=mine"])) as opened:
        for number in range(2):
            save_trial(opened.trials / f"{number:04d}.json", complete(number, 1.0 + number, 9_000_000 + number))
    return opened.path


def _refusal(path: Path | str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(path)
    return str(caught.value)


def test_a_run_is_a_value_that_stays_where_it_was_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = load(folder)
    assert run == load(str(folder.absolute()))
    assert hash(run) == hash(load(folder))
    assert run.config["run"]["name"] == "mine"
    assert "search_id" not in repr(run)
    monkeypatch.chdir("/")
    assert list(run.trials.index) == [0, 1]
    assert [task.name for task in run.tasks] == ["segmentation", "depth", "normals"]


def test_neither_torch_nor_pandas_is_imported_before_it_is_needed(folder: Path) -> None:
    code = (
        "import sys\n"
        "from search.load import load\n"
        f"run = load({str(folder)!r})\n"
        "run.pattern(0), run.picture(0)._repr_svg_(), run.tasks\n"
        "heavy = {'torch', 'ray', 'mlflow', 'optuna', 'matplotlib'}\n"
        "assert not heavy & set(sys.modules) and 'pandas' not in sys.modules\n"
        "assert len(run.trials) == 2 and len(run.front) == 2 and len(run.curves(0)) == 8\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_no_such_folder(folder: Path) -> None:
    assert _refusal("runs/mien") == (
        f"{Path('runs/mien').absolute()} is no folder; want the run folder of a search, such as {folder.absolute()}; "
        "did you mean 'mine'?"
    )
    assert _refusal("nowhere/mine").endswith(
        "is no folder; want the run folder of a search, such as runs/fusion-scenes"
    )
    assert "config.yaml is no folder; want" in _refusal(folder / "config.yaml")


def test_a_folder_that_is_no_run(folder: Path) -> None:
    assert _refusal("runs").endswith(
        "runs holds no config.yaml, so no search has begun there; want the run folder of a search, such as "
        f"{folder.absolute()}"
    )
    assert "runs/mine/trials holds no config.yaml" in _refusal(folder / "trials")


def test_a_damaged_configuration(folder: Path) -> None:
    kept = yaml.safe_load((folder / "config.yaml").read_text())
    for damage in ("", "[1, 2]", "a: [", "\x00", "!!python/object/apply:os.getcwd []"):
        (folder / "config.yaml").write_text(damage)
        assert "config.yaml is no configuration of a run (" in _refusal(folder)
    (folder / "config.yaml").write_text(yaml.safe_dump({**kept, "network": 3, "tasks": None}))
    assert "config.yaml does not say tasks, network: it is damaged, or of an earlier version." in _refusal(folder)


def test_a_run_whose_weights_mean_another_network(folder: Path) -> None:
    kept = yaml.safe_load((folder / "config.yaml").read_text())
    (folder / "config.yaml").write_text(yaml.safe_dump({**kept, "training_version": 1}))
    assert "is of training version 1, and this code of version 2: the same weights" in _refusal(folder)
