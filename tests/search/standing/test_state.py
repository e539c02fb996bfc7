"""States of a run: whether a process works on it, what it does, and how the last one ended."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from search.standing.confirming import BY_ITSELF, BY_SEARCH, FILE, drop_confirming, leave_confirming
from search.standing.state import CONFIRMING, FINISHED, RUNNING, STOPPED, find_state


@pytest.mark.parametrize(("by", "held", "stopped"), [(BY_ITSELF, CONFIRMING, FINISHED), (BY_SEARCH, RUNNING, STOPPED)])
def test_a_confirmation_is_a_search_s_own_or_another_s(tmp_path: Path, by: str, held: str, stopped: str) -> None:
    leave_confirming(tmp_path, "--seeds 2", 50.0, [], 1, by)
    os.utime(tmp_path / FILE, (100.0, 100.0))
    for since, state in ((90.0, held), (0.0, stopped)):
        found, confirming = find_state(tmp_path, since, FINISHED)
        assert found == state
        assert confirming is not None
        assert confirming.by == by
    assert find_state(tmp_path, 110.0, FINISHED) == (RUNNING, None)  # of an earlier start
    assert find_state(tmp_path, 0.0, STOPPED)[0] == STOPPED
    drop_confirming(tmp_path, "--seeds 2", by)
    assert find_state(tmp_path, 0.0, FINISHED) == (FINISHED, None)
    assert find_state(tmp_path, 90.0, FINISHED) == (RUNNING, None)
