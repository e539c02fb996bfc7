"""A run folder, a cache and fingerprints that an earlier version of this program wrote, as it wrote them.

`killed/` is a search of pareto_asha over six patterns, killed early: trial 0 had been told but its outcome was still
there, trial 1 had paused with its checkpoint. `undisturbed.json` is what the earlier version made of the same search.
"""

from __future__ import annotations

import json
import math
import random
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml

from search.config.composition import compose
from search.confirm import main as confirm
from search.jobs.job import Job
from search.jobs.trial import load_trial as load_trial
from search.load import load
from search.run import main
from spaces.choices import draw
from tests.tiny import NETWORK, write_tiny
from trainers.data.specs.folder_spec import FILES, read_folder_spec
from trainers.data.specs.parsing import locate_spec

HERE = Path(__file__).parent / "version_2"
NAMED = json.loads((HERE / "fingerprints.json").read_text())
UNDISTURBED = {int(number): trial for number, trial in json.loads((HERE / "undisturbed.json").read_text()).items()}
GIVEN = [
    *("data=npz", "data.root=data", "data.spec=data/spec.yaml", *NETWORK),
    *("trainer.batch_size=8", "trainer.epochs=2", "baselines.seeds=1", "runner=inline", "tracking=none"),
    *("run.name=killed", "scheduler=pareto_asha", "scheduler.rung=1", "sampler.startup=2"),
]


# The run was made on another processor, whose float32 rounds otherwise: metrics differ in their last digits, changes in
# percent, which are differences of these, were seen to differ by 4e-6 points.
SHARE, POINTS = 1e-5, 1e-4


def near(numbers: dict[str, float | None]) -> dict[str, Any]:
    """The same numbers, as nearly as another processor comes to them; null is what was not finite."""
    return {
        name: pytest.approx(math.nan if value is None else value, **_allow(name), nan_ok=True)
        for name, value in numbers.items()
    }


def _allow(name: str) -> dict[str, float]:
    return {"rel": 0.0, "abs": POINTS} if "delta" in name else {"rel": SHARE, "abs": 0.0}


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """The folder of runs as it was left, beside its data."""
    write_tiny(tmp_path / "data")
    shutil.copytree(HERE, tmp_path / "runs")
    return tmp_path / "runs"


def test_a_killed_search_goes_on_and_ends_as_it_would_have(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*GIVEN, "trials=6"]) == 0, capsys.readouterr().err
    ended = {int(path.stem): load_trial(path) for path in (runs / "killed" / "trials").glob("[0-9]*.json")}
    assert ended.keys() == UNDISTURBED.keys()
    for number, trial in ended.items():
        expected = UNDISTURBED[number]
        for name in ("status", "key", "choices", "epochs"):
            assert getattr(trial, name) == expected[name], (number, name)
        assert trial.objectives == near(expected["objectives"])
        assert trial.rungs == {epochs: near(told) for epochs, told in expected["rungs"].items()}
        assert trial.metrics == near(expected["metrics"])
    assert sorted(path.name for path in (runs / "baselines").iterdir()) == sorted(
        path.name for path in (HERE / "baselines").iterdir()
    )


def test_cached_baselines_answer(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(runs / "killed")
    before = {path.name: path.stat().st_mtime_ns for path in (runs / "baselines").iterdir()}
    assert main([*GIVEN, "trials=1", "run.name=another"]) == 0, capsys.readouterr().err
    assert {path.name: path.stat().st_mtime_ns for path in (runs / "baselines").iterdir()} == before


def test_a_run_is_loaded(runs: Path) -> None:
    run = load(runs / "killed")
    assert list(run.trials.index) == [0]
    assert [task.kind for task in run.tasks] == ["segmentation", "depth", "regression"]
    assert run.predict(0, run.data.load("val").images[:1])["depth"].shape == (1, 16, 16)


def test_a_run_is_confirmed(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = yaml.safe_load((runs / "killed" / "config.yaml").read_text())
    assert confirm([str(runs / "killed"), "--seeds", "1"]) == 0, capsys.readouterr().err
    assert list(load(runs / "killed").confirmed.index) == [0]
    after = yaml.safe_load((runs / "killed" / "config.yaml").read_text())
    assert {name: after[name] for name in ("search_id", "trials", "objectives")} == {
        name: config[name] for name in ("search_id", "trials", "objectives")
    }


def test_another_recipe_is_still_refused(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*GIVEN, "trials=6", "trainer.lr=0.1"]) == 2
    told = capsys.readouterr().err
    assert "trainer.lr: 0.004 -> 0.1" in told
    assert "_target_" not in told  # the paths of before are the components of today


# Options of today that stand for how it was then.
BARE = ("space.neck=none", "space.norm=none")
AS_BEFORE = {
    "workspace": BARE,
    "joint, resnet": (*BARE, "space.recombination=grouped"),
    "pdf": ("network.pixels=unit",),
    "classifier": ("trainer=adamw",),  # digits were mirrored
}


@pytest.mark.parametrize("case", NAMED["trainings"])
def test_trainings_keep_their_fingerprints(case: str) -> None:
    settings = compose([*NAMED["trainings"][case]["arguments"], *AS_BEFORE.get(case, ())])
    tasks = [task.name for task in settings.data.selected]
    pattern = draw(settings.space, tasks, random.Random(0)).pattern
    parts = (pattern, settings.data, settings.network, settings.trainer)
    job = Job("", *parts, seed=3, threads=1, outcome=Path("none"), probe=settings.sampler.probe)
    assert job.training == NAMED["trainings"][case]["training"]


@pytest.mark.parametrize("name", NAMED["specifications"])
def test_shipped_specifications_keep_their_fingerprints(name: str) -> None:
    plain = read_folder_spec(locate_spec(name, FILES)).plain
    assert sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:16] == NAMED["specifications"][name]


def test_a_new_run_keeps_no_paths_of_modules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tiny(tmp_path / "data")
    assert main([*GIVEN, "trials=1"]) == 0, capsys.readouterr().err
    kept = yaml.safe_load((tmp_path / "runs" / "killed" / "config.yaml").read_text())
    assert kept["space"]["_target_"] == "space/fusion"
    assert [task["_target_"] for task in kept["tasks"]] == ["task/segmentation", "task/depth", "task/regression"]
    for text in (
        path.read_text() for path in (tmp_path / "runs").rglob("*.[jy]*") if path.suffix in (".json", ".yaml")
    ):
        assert not any(f"{package}." in text for package in ("spaces", "trainers", "search"))
