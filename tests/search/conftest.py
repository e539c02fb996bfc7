"""What tests of commands share."""

from __future__ import annotations

import pytest

from search.deploy import latency


@pytest.fixture(autouse=True)
def _few_timed_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exports are timed by a few runs: of all forty, each would take seconds more."""
    monkeypatch.setattr(latency, "RUNS", 5)
