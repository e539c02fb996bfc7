from __future__ import annotations

from pathlib import Path

import pytest

from search.problem.objectives import DELTA_MTL, MACS
from search.report import live_tables
from search.report.live_tables import LiveTables
from tests.search.trials import TASKS, complete

TRIALS = [complete(number, number, 10 + number) for number in range(4)]


def test_tables_are_written_after_every_trial_until_they_have_had_their_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = LiveTables(tmp_path, (DELTA_MTL, MACS), TASKS, dict)

    def count_rows() -> int:
        return len((tmp_path / "trials.csv").read_text().splitlines()) - 1

    for count in (1, 2):
        assert len(tables.update(TRIALS[:count])) == count == count_rows()
    monkeypatch.setattr(live_tables, "FREE", 0.0)
    monkeypatch.setattr(live_tables, "SHARE", 0.0)
    tables = LiveTables(tmp_path, (DELTA_MTL, MACS), TASKS, dict)
    assert len(tables.update(TRIALS[:2])) == 2 == count_rows()
    assert len(tables.update(TRIALS[:3])) == 2 == count_rows()  # the front of the tables as they are
