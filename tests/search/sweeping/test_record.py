"""A sweep's folder is its own, goes on with further values, and knows what has finished."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from filelock import FileLock

from search.sweeping.record import Record, open_record, read_record
from search.sweeping.sweep import Sweep, plan_sweep
from spaces.errors import ConfigError, DataError
from tests.tiny import arguments


def sweep(*more: str) -> Sweep:
    return plan_sweep(arguments(Path("data"), "run.name=mine", *more))


def test_further_values_go_on_and_lists_in_another_order_too() -> None:
    with open_record(sweep("run.seed=0,1", "space=fusion,branching")):
        pass
    with open_record(sweep("space=branching,gates,fusion", "run.seed=1,2,0")):
        pass
    kept = json.loads(Path("runs/mine/sweep.json").read_text())
    assert kept == {"lists": {"space": ["branching", "gates", "fusion"], "run.seed": ["1", "2", "0"]}, "finished": {}}
    for more, told in (
        (["run.seed=0,1"], r"holds another sweep \(of space, run.seed and not of run.seed\): give its own lists"),
        (["run.seed=0,3,1", "space=gates,fusion"], r"space=branching is missing; run.seed=2 is missing"),
    ):
        with pytest.raises(ConfigError, match=told):
            read_record(sweep(*more))


def test_what_has_finished_is_known_as_long_as_it_is_there_and_was_asked_for_so() -> None:
    both = sweep("run.seed=0,1", "trials=2")
    with open_record(both) as record:
        for run in both.runs:
            record.finish(run)
    first, second = both.runs
    first.folder.mkdir()
    (first.folder / "config.yaml").touch()
    again = read_record(both)
    assert [again.has(run) for run in both.runs] == [True, False]  # the other's folder was removed
    assert not again.has(sweep("run.seed=0,1", "trials=3").runs[0])
    retried = sweep("run.seed=0,1", "trials=2", "retry=failed").runs[0]
    assert not Record(Path(), {}, {retried.name: retried.digest}).has(retried)
    assert second.name == "seed.1"


def test_folders_of_others_are_refused_and_left_alone() -> None:
    mine, both = Path("runs/mine"), sweep("run.seed=0,1")
    mine.parent.mkdir()
    mine.write_text("")
    with pytest.raises(ConfigError, match=r"runs/mine is a file; give another folder with run\.name=NAME"):
        read_record(both)
    mine.unlink()
    mine.mkdir()
    (mine / "photo.png").touch()
    with pytest.raises(ConfigError, match=r"holds photo\.png but no sweep\.json, so it is no sweep"):
        read_record(both)
    (mine / "config.yaml").touch()
    with pytest.raises(ConfigError, match="is the run folder of a search"):
        read_record(both)
    assert sorted(each.name for each in mine.iterdir()) == ["config.yaml", "photo.png"]


@pytest.mark.parametrize("text", ["[]", '{"lists": 1}', '{"lists": {"a": [1]}, "finished": {}}', '{"lists": {}}', "{"])
def test_a_damaged_record_is_told(text: str) -> None:
    Path("runs/mine").mkdir(parents=True)
    Path("runs/mine/sweep.json").write_text(text)
    with pytest.raises((ConfigError, DataError), match=r"sweep\.json"):
        read_record(sweep("run.seed=0,1"))


def test_two_sweeps_of_one_folder_are_one_too_many() -> None:
    both = sweep("run.seed=0,1")
    with open_record(both), pytest.raises(ConfigError, match="is in use by another process; wait until it ends"):  # noqa: SIM117
        with open_record(both):
            pass
    with FileLock("runs/mine/.lock", timeout=0):
        pass  # it is free again
    Path("other").write_text("")
    with (
        pytest.raises(ConfigError, match=r"cannot be written \(.*\); choose one that can with run\.folder=DIR"),
        open_record(sweep("run.seed=0,1", "run.folder=other/runs")),
    ):
        pass
