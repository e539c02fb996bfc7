from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from search.load import load
from search.stress.members import load_members
from spaces.errors import DataError
from tests.search.stress.runs import search_rooms


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return search_rooms(tmp_path_factory.mktemp("home"))


def test_what_was_delivered_is_taken_cheapest_first(rooms: Path) -> None:
    run = load(rooms)
    members = load_members(run, (), "cpu")

    assert [member.trial.number for member in members] == list(run.front.index)
    assert [member.trial.macs for member in members] == sorted(member.trial.macs for member in members)
    assert len({member.weights for member in members}) == len(members)
    assert not any(member.network.training for member in members)


def test_named_trials_are_taken_once(rooms: Path) -> None:
    number = int(load(rooms).front.index[-1])
    assert [member.trial.number for member in load_members(load(rooms), (number, number), "cpu")] == [number]


def test_other_weights_are_told_apart(rooms: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(rooms, tmp_path / "copy")
    (before, *_) = load_members(load(rooms), (), "cpu")
    file = load(copy).weights(before.trial.number)
    state = torch.load(file, weights_only=True)
    torch.save({name: value + 1 for name, value in state.items()}, file)
    assert load_members(load(copy), (before.trial.number,), "cpu")[0].weights != before.weights


def test_a_run_without_weights_is_refused(rooms: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(rooms, tmp_path / "copy")
    for file in copy.rglob("*.pt"):
        file.unlink()
    with pytest.raises(DataError) as caught:
        load_members(load(copy), (), "cpu")
    assert str(caught.value).startswith(f"{copy} keeps no weights")
    assert len(caught.value.problems) == 1


def test_trials_that_are_not_there_are_told_together(rooms: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_members(load(rooms), (7, 9), "cpu")
    assert [problem.split(": it has")[0] for problem in caught.value.problems] == [
        f"{rooms} has no finished trial 7",
        f"{rooms} has no finished trial 9",
    ]
