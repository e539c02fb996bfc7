"""What a plan foretells of a confirmation is what the search then trains."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.config.composition import Settings, compose
from search.confirm import main as confirm
from search.load import load
from search.preview.confirming_left import ConfirmingLeft, count_confirming
from search.preview.remaining import count_remaining
from search.run import main as search
from tests.tiny import arguments, write_tiny

FINAL = ("final.epochs=3", "final.members=2")


def settings(*more: str) -> Settings:
    return compose(arguments(write_tiny(Path("data")), *more))


def count(*more: str, folder: str = "runs/none") -> ConfirmingLeft:
    return count_confirming(settings(*more), Path(folder))


def test_nothing_is_confirmed_unasked() -> None:
    assert count() == ConfirmingLeft()


def test_networks_that_are_trained_to_the_end_are_counted_with_what_they_start_from() -> None:
    epochs = settings().trainer.epochs
    assert count("confirm.seeds=2", *FINAL) == ConfirmingLeft(2, epochs + 3, 2 * 2, 2 * 3)
    assert count("confirm.seeds=2", *FINAL, "final.start=nothing").epochs == 3


def test_how_many_are_on_a_front_is_not_known_before() -> None:
    found = count("confirm.seeds=2")
    assert (found.trainings, found.epochs) == (None, settings().trainer.epochs)


def test_once_its_trials_have_ended_the_front_is_known() -> None:
    given = ("trials=3", "run.name=one", "trainer.epochs=1")
    assert search(arguments(write_tiny(Path("data")), *given)) == 0
    run = load(Path("runs/one"))
    asked = settings(*given, "confirm.seeds=2")
    assert count_remaining(asked, None, "cpu").confirming.trainings == 2 * len(run.front)
    more = settings("trials=4", *given[1:], "confirm.seeds=2")
    assert count_remaining(more, None, "cpu").confirming.trainings is None
    assert confirm(["runs/one", "--seeds", "1"]) == 0
    assert count_remaining(asked, None, "cpu").confirming.trainings == len(run.front)


def test_what_a_supernet_delivers_is_trained_on_its_weights() -> None:
    given = ("sampler=oneshot", "supernet.epochs=3", "trials=2", "confirm.seeds=2")
    assert count(*given) == ConfirmingLeft(2, settings(*given).split.trial, 4, 6)


@pytest.mark.parametrize("damaged", [False, True])
def test_a_search_leaves_as_many_as_it_has_not_confirmed(damaged: bool) -> None:
    given = ("trials=2", *FINAL, "run.name=one", "confirm.seeds=1", "trainer.epochs=1")
    assert search(arguments(write_tiny(Path("data")), *given)) == 0
    if damaged:
        Path("runs/one/confirmed.json").write_text("{")
    left = count(*given[:-2], "confirm.seeds=3", "trainer.epochs=1", folder="runs/one")
    assert (left.trainings, left.alone) == ((6, 9) if damaged else (4, 6))
