"""What a plan foretells of a confirmation is what the search then trains."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.config.command import EXIT_INTERRUPTED
from search.config.composition import Settings, compose
from search.confirm import main as confirm
from search.jobs.job import Job, Outcome
from search.jobs.worker import run_job
from search.load import load
from search.preview.confirming_left import ConfirmingLeft, count_confirming
from search.preview.remaining import count_remaining
from search.run import main as search
from search.standing.confirming import BY_SEARCH, read_confirming
from search.standing.standing import read_standing
from search.standing.state import STOPPED
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
    off = [number for number in run.trials.index if number not in run.front.index] or [0]
    assert confirm(["runs/one", "--trials", str(off[0]), "--seeds", "2"]) == 0  # off the front where one is
    one = off[0] in run.front.index
    left = count_remaining(asked, None, "cpu").confirming
    assert (left.trainings, left.alone) == (2 * (len(run.front) - one), 0)


def test_what_a_stopped_confirmation_has_trained_is_not_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(job: Job) -> Outcome:
        if job.tested and len(done) == 3:
            raise KeyboardInterrupt
        done.extend([job] if job.tested else [])
        return run_job(job)

    done = list[Job]()
    given = ("trials=2", "run.name=cut", "trainer.epochs=1", "confirm.seeds=2")
    before = count_remaining(settings(*given), None, "cpu").confirming
    assert (before.trainings, before.alone) == (None, 2 * 3)
    with monkeypatch.context() as cut:
        cut.setattr("search.runners.inline.run_job", stop)
        assert search(arguments(write_tiny(Path("data")), *given)) == EXIT_INTERRUPTED
    left = count_remaining(settings(*given), None, "cpu").confirming
    told = read_confirming(Path("runs/cut"), BY_SEARCH)
    assert told is not None and left.trainings is not None
    assert left.trainings + left.alone == len(told.networks) + len(told.alone) - 3
    found = read_standing(Path("runs/cut"))
    assert found.fresh == 3 and found.state == STOPPED


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
