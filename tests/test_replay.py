"""What showing many trials costs, and what a driver of many workers does: both with made-up trainings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from experiments.benchmarks.load import LOG, list_arguments, print_load
from experiments.benchmarks.proposals import time_proposals
from experiments.benchmarks.replay import BAR, print_replay, replay
from search.run import main
from tests.end_to_end.searches import trials_in


def test_made_up_trials_are_told_as_those_of_a_search(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("mlflow")
    found = replay(tmp_path, 6)
    assert (tmp_path / "mlflow.db").exists()
    assert len((tmp_path / "replay" / "trials.csv").read_text().splitlines()) == 7
    assert 0 < found["page_mb"] < 4
    assert min(found.values()) > 0
    print_replay(6, {**found, "adds": BAR})
    assert '"met": true' in capsys.readouterr().out


def test_a_search_of_made_up_trainings_is_a_search_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("SEARCH_ALLOW", "")
    small = ["data.images=16", "data.val_images=8", "data.test_images=2", "data.image_size=16", "tracking=none"]
    given = list_arguments(tmp_path, 12, [*small, f"data.cache={tmp_path / 'cache'}", "sampler=random"])
    assert main(given) == main(given) == 0
    trials = trials_in(tmp_path / "load")
    assert sorted(trials) == list(range(12)) and all(trial.complete for trial in trials.values())
    rows = np.loadtxt(tmp_path / "load" / LOG, delimiter=",")
    assert rows.shape == (12 + 15, 3) and (rows > 0).all()  # with the five tasks' baselines, three seeds each
    print_load(1000, {"propose_last": 0.4, "goes_on": 16.0})
    assert '"proposal": true, "goes_on": false' in capsys.readouterr().out


def test_proposals_are_timed_on_trials_of_keys_of_their_own() -> None:
    known, first, later = time_proposals(40)
    assert 20 < known <= 40 and first > 0 and later > 0
