"""A run whose front was trained to the end, read again: its networks are those of the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.jobs.job import find_device
from search.load import load
from search.run import main
from tests.tiny import arguments, write_tiny
from trainers.batches.memory import load_split
from trainers.measure import measure


def test_a_network_that_was_trained_to_the_end_is_that_of_its_end(tmp_path: Path) -> None:
    given = arguments(write_tiny(tmp_path / "data"), f"run.folder={tmp_path / 'runs'}", "run.name=ended", "trials=3")
    assert main([*given, "final.epochs=1", "final.members=2"]) == 0
    ended = load(tmp_path / "runs" / "ended")
    validation = load_split(ended.data, "val", find_device())
    for number in ended.finals.index:
        final = ended.trained(number)
        assert final.epochs == ended.finals.loc[number, "epochs"]
        assert ended.weights(number).parent.name == "finals"
        measured = measure(ended.network(number), validation, ended.tasks)
        assert measured == pytest.approx({name: ended.finals.loc[number, name] for name in measured}, rel=1e-3)
        assert measured != {name: ended.trials.loc[number, name] for name in measured}
    assert {trial.number for trial in ended.delivered} <= set(ended.finals.index)
