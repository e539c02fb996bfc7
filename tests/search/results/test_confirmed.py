"""What was confirmed of a run, as all that stands above the run folder reads it; on real runs in test_confirm."""

from __future__ import annotations

from search.confirming.sums import sum_up
from search.problem.objectives import DELTA_MTL, MACS
from search.results.confirmed import list_confirmed
from tests.search.confirming.made import make_confirmation, make_member
from tests.search.trials import TASKS


def test_networks_are_found_by_number() -> None:
    totals = sum_up(make_confirmation(make_member(3, 0.0, 10.0, 4.0)), (DELTA_MTL, MACS), TASKS)
    assert list_confirmed(totals) == {3: totals.rows[0]}
    assert list_confirmed(None) == {}
