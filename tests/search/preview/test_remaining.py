"""What is left to train is what a search finds left, and looking leaves no trace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from search.config.composition import Settings, compose
from search.preview.remaining import Remaining, count_remaining
from search.run import main as search
from spaces.errors import ConfigError, DataError
from tests.tiny import arguments, write_tiny


def settings(*more: str) -> Settings:
    return compose(arguments(write_tiny(Path("data")), *more))


def numbers(left: Remaining) -> tuple[int, int, int, int]:
    return left.finished, left.trials, left.cached, len(left.untrained)


@pytest.fixture
def searched() -> Path:
    """The folder of runs after a search of two trials."""
    assert search(arguments(write_tiny(Path("data")), "trials=2", "run.name=one")) == 0
    return Path("runs")


def test_of_a_new_search_everything_is_left() -> None:
    assert numbers(count_remaining(settings("trials=5", "baselines.seeds=2"), None, "cpu")) == (0, 5, 0, 6)
    assert numbers(count_remaining(settings("trials=50"), 12, "cpu")) == (0, 12, 0, 3)
    assert not Path("runs").exists()


def test_finished_trials_and_cached_baselines_are_done(searched: Path) -> None:
    before = {path: path.read_bytes() for path in searched.rglob("*") if path.is_file()}

    assert numbers(count_remaining(settings("trials=5", "run.name=one"), 12, "cpu")) == (2, 3, 3, 0)
    assert numbers(count_remaining(settings("trials=1", "run.name=one"), 12, "cpu")) == (2, 0, 3, 0)
    assert numbers(count_remaining(settings("trials=5", "run.name=other"), 12, "cpu")) == (0, 5, 3, 0)
    assert numbers(count_remaining(settings("trials=5", "run.name=other", "baselines.seeds=2"), 12, "cpu")) == (
        0,
        5,
        3,
        3,
    )
    assert numbers(count_remaining(settings("trials=5", "run.name=other", "trainer.lr=0.1"), 12, "cpu")) == (0, 5, 0, 3)

    assert {path: path.read_bytes() for path in searched.rglob("*") if path.is_file()} == before
    assert not (searched / "other").exists()


def test_baselines_of_another_device_or_damaged_ones_are_trained_again(searched: Path) -> None:
    assert numbers(count_remaining(settings("run.name=other"), 12, "cuda"))[2:] == (0, 3)
    first, second, _ = sorted((searched / "baselines").iterdir())
    first.write_text("{")
    stored = json.loads(second.read_text())
    second.write_text(json.dumps({**stored, "outcome": {**stored["outcome"], "reason": "no luck"}}))
    assert numbers(count_remaining(settings("run.name=other"), 12, "cpu"))[2:] == (1, 2)
    assert numbers(count_remaining(settings("run.name=one"), 12, "cpu"))[2:] == (3, 0)  # it keeps what it rests on


def test_final_trainings_that_are_there_are_done_while_no_trial_is_left() -> None:
    given = ("trials=2", "run.name=ended", "final.epochs=2", "final.members=1", "trainer.epochs=1")
    assert count_remaining(settings(*given), 12, "cpu").final == 2
    assert search(arguments(write_tiny(Path("data")), *given)) == 0
    assert count_remaining(settings(*given), 12, "cpu").final == 0
    assert count_remaining(settings(*given, "final.start=nothing", "final.epochs=4"), 12, "cpu").final == 4
    with pytest.raises(DataError, match="would not count beside that"):
        count_remaining(settings(*given, "final.start=nothing"), 12, "cpu")
    assert count_remaining(settings("trials=3", *given[1:]), 12, "cpu").final == 2


def test_a_run_folder_of_another_search_is_refused(searched: Path) -> None:
    with pytest.raises(ConfigError, match="belongs to another configuration"):
        count_remaining(settings("run.name=one", "trainer.epochs=3"), 12, "cpu")
    (searched / "notes").mkdir()
    (searched / "notes" / "mine.txt").write_text("keep")
    with pytest.raises(ConfigError, match=r"holds mine.txt but no config.yaml"):
        count_remaining(settings("run.name=notes"), 12, "cpu")


def test_failed_trials_are_left_where_they_are_to_be_tried_again(searched: Path) -> None:
    path = searched / "one" / "trials" / "0001.json"
    path.write_text(path.read_text().replace('"status": "complete"', '"status": "failed"'))
    assert numbers(count_remaining(settings("trials=2", "run.name=one"), 12, "cpu"))[:2] == (2, 0)
    assert numbers(count_remaining(settings("trials=2", "run.name=one", "retry=failed"), 12, "cpu"))[:2] == (1, 1)
    again = path.read_text().replace('"number": 1', '"number": 2').replace('"retry_of": null', '"retry_of": 1')
    path.with_name("0002.json").write_text(again.replace('"status": "failed"', '"status": "complete"'))
    assert numbers(count_remaining(settings("trials=2", "run.name=one", "retry=failed"), 12, "cpu"))[:2] == (2, 0)
