"""States of a run: whether a process works on it, what it does, and how the last one ended."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from search.standing.confirming import (
    BY_ITSELF,
    BY_SEARCH,
    drop_confirming,
    drop_search_confirming,
    leave_confirming,
    read_confirming,
)
from search.standing.state import CONFIRMING, FINISHED, RUNNING, STOPPED, find_state


@pytest.mark.parametrize(("by", "held", "stopped"), [(BY_ITSELF, CONFIRMING, FINISHED), (BY_SEARCH, RUNNING, STOPPED)])
def test_a_confirmation_is_a_search_s_own_or_another_s(tmp_path: Path, by: str, held: str, stopped: str) -> None:
    leave_confirming(tmp_path, "--seeds 2", 50.0, [], 1, by)
    os.utime(tmp_path / by, (100.0, 100.0))
    left = read_confirming(tmp_path, by)
    assert left is not None
    assert find_state(tmp_path, 90.0, FINISHED, 40.0) == (held, left)
    assert find_state(tmp_path, 0.0, FINISHED, 40.0) == (stopped, left)
    assert find_state(tmp_path, 0.0, STOPPED, 40.0) == (STOPPED, left)
    assert find_state(tmp_path, 110.0, FINISHED, 40.0) == (RUNNING, None)  # another process is at work
    drop_confirming(tmp_path, "--seeds 2")
    assert find_state(tmp_path, 0.0, FINISHED, 40.0) == (FINISHED, None)
    assert find_state(tmp_path, 90.0, FINISHED, 40.0) == (RUNNING, None)


def test_a_later_start_need_not_confirm_what_an_earlier_one_did(tmp_path: Path) -> None:
    leave_confirming(tmp_path, "--seeds 2", 50.0, [], 1, BY_SEARCH)
    assert find_state(tmp_path, 0.0, STOPPED, 60.0) == (STOPPED, None)
    leave_confirming(tmp_path, "--trials 1 --seeds 3", 55.0, [], 1)
    asked = read_confirming(tmp_path)
    assert find_state(tmp_path, 0.0, FINISHED, 60.0) == (FINISHED, asked)  # somebody's own goes on as it was asked
    assert find_state(tmp_path, 0.0, FINISHED, 40.0) == (STOPPED, read_confirming(tmp_path, BY_SEARCH))
    drop_search_confirming(tmp_path)
    assert find_state(tmp_path, 0.0, FINISHED, 40.0) == (FINISHED, asked)
