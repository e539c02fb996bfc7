from __future__ import annotations

import pytest

from search.study.queue_status import OPEN, QueueState, QueueStatus


@pytest.mark.parametrize("state", QueueState)
def test_a_search_that_went_well_has_not_stopped(state: QueueState) -> None:
    went_well = state in (QueueState.OPEN, QueueState.SPENT)
    assert QueueStatus(state, "a reason").stopped == (not went_well)


def test_a_queue_is_open_at_first_and_has_no_reason() -> None:
    assert QueueStatus() == OPEN
    assert OPEN.state is QueueState.OPEN
    assert OPEN.reason == ""
