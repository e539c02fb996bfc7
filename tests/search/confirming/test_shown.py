from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search.confirming.confirmation import save_confirmation
from search.confirming.shown import list_networks, read_totals
from search.study.fronts.final_files import Final
from tests.search.confirming.made import make_confirmation, make_member
from tests.search.report.reports import CHOSEN, REFERENCE, TRIALS
from tests.search.trials import TASKS, complete

MEMBERS = make_member(3, 0.0, 9e6, -2.0), make_member(4, 0.02, 12.4e6, 1.0), make_member(0, 0.03, 18e6, 7.0)


def test_values_of_the_end_count_where_a_network_was_trained_to_it(tmp_path: Path) -> None:
    weights = tmp_path / "f.pt"
    weights.touch()
    finals = [Final(complete(0, 7.0, 18_000_000), "f", weights)]
    assert list_networks(TRIALS, finals)[0].objectives["delta_mtl"] == 7.0
    save_confirmation(tmp_path, make_confirmation(*MEMBERS))
    totals = read_totals(tmp_path, TRIALS, CHOSEN, REFERENCE, TASKS, finals)
    assert totals is not None
    assert [row.member.number for row in totals.rows] == [3, 4, 0]
    assert totals.gap.validation == pytest.approx(totals.gap.loss + totals.gap.optimistic)


def test_without_a_confirmation_there_is_nothing(tmp_path: Path) -> None:
    assert read_totals(tmp_path, TRIALS, CHOSEN, REFERENCE, TASKS) is None
    stale = replace(MEMBERS[0], searched={})
    save_confirmation(tmp_path, make_confirmation(stale))
    assert read_totals(tmp_path, TRIALS, CHOSEN, REFERENCE, TASKS) is None
