from __future__ import annotations

from pathlib import Path

import pytest

from search.config.composition import compose
from search.results.restored_settings import name_run, restore_settings
from search.study.run_config import list_changes, list_contents
from spaces.errors import DataError
from tests.tiny import arguments, write_tiny


@pytest.mark.parametrize(
    "more",
    [
        ("sampler=oneshot", "budget=30"),
        ("sampler=frontier", "sampler.prior=supernet", "final.epochs=2"),
        ("measure=latency_ms", "confirm.seeds=2"),
    ],
)
def test_a_search_is_what_its_folder_keeps_wherever_that_lies(more: tuple[str, ...]) -> None:
    kept = list_contents(compose(arguments(write_tiny(Path("data")), *more)))
    found = restore_settings(kept, Path("elsewhere/r"))
    assert list_changes(kept, list_contents(found)) == []
    assert found.run.folder == Path("elsewhere").absolute()
    assert list_contents(found)["epochs"] == kept["epochs"]


def test_epochs_that_another_version_has_split_otherwise_are_those_it_had() -> None:
    kept = list_contents(compose(arguments(write_tiny(Path("data")), "sampler=oneshot", "budget=30")))
    kept["epochs"] = {"supernet": 9, "trial": 4}
    found = restore_settings(kept, Path("runs/r"))
    assert (found.split.supernet, found.split.trial) == (9, 4)
    assert list_changes(kept, list_contents(found)) == []
    assert found.plain["budget"] == 30  # as the file has it


@pytest.mark.parametrize("space", ["workspace", "joint"])
def test_options_that_came_later_stand_for_what_was_before_them(space: str) -> None:
    kept = list_contents(compose(arguments(write_tiny(Path("data")), f"space={space}")))
    del kept["space"]["neck"]
    del kept["space"]["norm"]
    kept["space"].pop("recombination", None)  # of joint
    del kept["confirm"]
    found = restore_settings(kept, Path("runs/r"))
    assert (found.plain["space"]["neck"], found.plain["space"]["norm"]) == ("none", "none")
    assert found.plain["space"].get("recombination", "grouped") == "grouped"
    assert list_changes(kept, list_contents(found)) == []
    assert found.confirm.seeds is None


@pytest.mark.parametrize("name", ["mo ved", "zw\u00f6lf", "-x", "a(1)"])
def test_a_folder_with_a_name_that_no_search_may_have_is_to_be_renamed(name: str) -> None:
    config = {"run": {"name": "r", "folder": "runs", "seed": 0}}
    with pytest.raises(DataError, match=r"what adds to a run wants a folder name of letters, .*; rename the folder"):
        name_run(config, Path("runs", name))
    assert name_run(config, Path("runs", "moved"))["run"]["name"] == "moved"
