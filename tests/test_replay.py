from __future__ import annotations

from pathlib import Path

import pytest

from experiments.benchmarks.replay import BAR, print_replay, replay


def test_made_up_trials_are_told_as_those_of_a_search(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("mlflow")
    found = replay(tmp_path, 6)
    assert (tmp_path / "mlflow.db").exists()
    assert len((tmp_path / "replay" / "trials.csv").read_text().splitlines()) == 7
    assert 0 < found["page_mb"] < 4
    assert min(found.values()) > 0
    print_replay(6, {**found, "adds": BAR})
    assert '"met": true' in capsys.readouterr().out
