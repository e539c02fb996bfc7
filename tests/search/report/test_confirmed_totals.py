from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from search.confirming.confirmation import save_confirmation
from tests.search.confirming.made import make_confirmation, make_member
from tests.search.report.reports import TRIALS, read_rows, write

MEMBERS = make_member(3, 0.0, 9e6, -2.0), make_member(4, 0.02, 12.4e6, 1.0), make_member(0, 0.03, 18e6, 7.0)


def test_the_report_tells_what_is_confirmed_of_the_networks_as_they_are_now(tmp_path: Path) -> None:
    write(tmp_path, TRIALS)
    before = (tmp_path / "front.html").read_text()
    assert not (tmp_path / "confirmed.csv").exists()
    save_confirmation(tmp_path, make_confirmation(*MEMBERS))
    write(tmp_path, TRIALS)
    rows = read_rows(tmp_path / "confirmed.csv")
    assert [row["number"] for row in rows] == ["3", "4"]  # the search has another value of trial 0 by now
    page = (tmp_path / "front.html").read_text()
    assert '"delta_mtl.confirmed":' in page
    assert page.count("confirmed-") > before.count("confirmed-")
    assert "Winner&#x27;s curse" in page


def test_a_table_of_networks_as_they_were_before_goes(tmp_path: Path) -> None:
    save_confirmation(tmp_path, make_confirmation(MEMBERS[0]))
    write(tmp_path, TRIALS)
    save_confirmation(tmp_path, make_confirmation(replace(MEMBERS[0], searched={})))
    write(tmp_path, TRIALS)
    assert not (tmp_path / "confirmed.csv").exists()
