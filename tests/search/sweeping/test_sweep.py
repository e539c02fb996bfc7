"""Which runs a command line means, and what is refused before any begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.run import main as search
from search.sweeping.sweep import check_sweep, plan_sweep
from spaces.errors import ConfigError
from tests.tiny import arguments, write_tiny


def given(*more: str) -> list[str]:
    return arguments(write_tiny(Path("data")), *more)


def test_every_combination_is_a_search_in_a_folder_of_its_own() -> None:
    sweep = plan_sweep(given("space=fusion,branching", "run.seed=0,1", "run.folder='my runs, all'", "trials=2"))
    assert sweep.folder == Path("my runs, all/sweep-space-seed")
    assert sweep.outer == Path("my runs, all")
    assert [run.name for run in sweep.runs] == [
        "fusion-seed.0",
        "fusion-seed.1",
        "branching-seed.0",
        "branching-seed.1",
    ]
    assert [run.settings.run.seed for run in sweep.runs] == [0, 1, 0, 1]
    assert [run.settings.space.name for run in sweep.runs] == ["fusion", "fusion", "branching", "branching"]
    assert all(run.settings.run.folder == sweep.folder and run.settings.trials == 2 for run in sweep.runs)
    assert sweep.runs[2].setting == {"space": "branching"}
    assert len({run.digest for run in sweep.runs}) == 4
    assert len({id(run.settings.data) for run in sweep.runs}) == 1  # whose content is read once
    check_sweep(sweep)
    assert not sweep.outer.exists()
    assert plan_sweep(given("run.seed=0,1", "run.name=mine")).folder == Path("runs/mine")


def test_a_name_that_runs_share_and_flags_go_the_usual_way(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"run\.name=cache: searches of one run.folder share"):
        plan_sweep(given("run.seed=0,1", "run.name=cache"))
    (tmp_path / "conf" / "trainer").mkdir(parents=True)
    (tmp_path / "conf" / "trainer" / "short.yaml").write_text("_target_: trainers.recipe.Recipe\nlr: 0.5\n")
    sweep = plan_sweep([*given("trainer=short,adamw"), f"--config-dir={tmp_path / 'conf'}"])
    assert [run.name for run in sweep.runs] == ["short", "adamw"]
    assert all(f"--config-dir={tmp_path / 'conf'}" in run.words for run in sweep.runs)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["run.seed=0,1", "tirals=3"], "tirals=3: unknown key; did you mean 'trials'?"),
        (["run.seed=0,-1"], "run.seed=-1: want"),
        (["space=fusion,fuson"], "space=fuson: unknown; did you mean 'fusion'?"),
        (["trainer.lr=1e-2,0.01"], "trainer.lr=1e-2 and trainer.lr=0.01 are one search; give each value once"),
        (["data.tasks=[depth,colour],[depth colour]"], "would both lie in the run folder tasks.depth_colour"),
        (["run.seed=0,1", "run.name=../up"], "run.name=../up: want letters"),
    ],
)
def test_what_is_wrong_is_said_once(more: list[str], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        plan_sweep(given(*more))
    assert len(caught.value.problems) == 1
    assert told in caught.value.problems[0]


def test_settings_that_cannot_be_and_folders_of_others_are_told_before_anything_begins() -> None:
    sweep = plan_sweep(given("run.seed=0,1", "objectives=[speed]"))
    with pytest.raises(ConfigError, match="objectives=speed: want one or more of") as caught:
        check_sweep(sweep)
    assert len(caught.value.problems) == 1
    sweep = plan_sweep(given("run.seed=0,1", "trials=1"))
    assert search(list(sweep.runs[0].words)) == 0
    check_sweep(sweep)
    with pytest.raises(ConfigError, match=r"trainer.lr"):
        check_sweep(plan_sweep(given("run.seed=0,1", "trials=1", "trainer.lr=0.5")))
