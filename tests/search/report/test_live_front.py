from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from search.confirming.confirmation import save_confirmation
from search.jobs.job import Outcome
from search.jobs.trial import Trial
from search.problem.objectives import DELTA_MTL, MACS
from search.report import live_front
from search.report.live_front import LiveFront, count_trials
from search.report.page.examples import NO_EXAMPLES, Examples
from search.study.fronts.front import find_front
from tests.search.confirming.made import make_confirmation
from tests.search.report.reports import REFERENCE, TRIALS, write
from tests.search.report.test_confirmed_totals import MEMBERS
from tests.search.trials import TASKS, complete, failed

CHOSEN = (DELTA_MTL, MACS)


def test_the_page_follows_the_front_and_says_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, better = complete(0, 1.0, 10), complete(1, 2.0, 9)
    begun = LiveFront(tmp_path, CHOSEN, (-20.0, 20.0), TASKS, 9)
    assert not begun.update([first], find_front([first], CHOSEN), dict)  # which may end before it were drawn
    monkeypatch.setattr(live_front, "START", 0.0)
    live = LiveFront(tmp_path, CHOSEN, (-20.0, 20.0), TASKS, 9)
    page = tmp_path / "front.html"

    def update(*trials: object) -> bool:
        return bool(live.update(trials, find_front(trials, CHOSEN), dict))  # type: ignore[arg-type]

    assert not update(failed(2))
    monkeypatch.setattr(live_front, "FIRST", 0.0)
    assert update(first)
    assert "1 of 9 trials, refreshed " in page.read_text(encoding="utf-8")
    assert '"running":true' in page.read_text(encoding="utf-8")
    assert not update(first, failed(2))  # the same front
    assert update(first, better)
    assert "2 of 9 trials" in page.read_text(encoding="utf-8")
    assert not update(first, better, complete(3, 3.0, 8))  # just written: that would take too much of the time


def test_the_running_page_has_the_caution_and_what_is_confirmed_as_the_report_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_front, "START", 0.0)
    outcome = asdict(Outcome({"depth.abs_err_m": 0.5}, epochs=1))
    (tmp_path / "baselines.json").write_text(json.dumps({"a": outcome}), encoding="utf-8")
    save_confirmation(tmp_path, make_confirmation(*MEMBERS))
    members = find_front(TRIALS, CHOSEN)
    write(tmp_path, TRIALS)
    (drawn,) = (tmp_path / "front").glob("3-*")
    (drawn / "predictions.png").touch()
    asked: list[int] = []

    def draw(folder: Path, networks: Sequence[Trial]) -> Examples:
        asked.extend(each.number for each in networks)
        return NO_EXAMPLES

    monkeypatch.setattr(live_front, "draw_examples", draw)
    assert LiveFront(tmp_path, CHOSEN, REFERENCE, TASKS, 9).update(TRIALS, members, dict)
    page = (tmp_path / "front.html").read_text(encoding="utf-8")
    assert "Deltas are against single-task networks of 1 epoch" in page
    assert '"delta_mtl.confirmed":' in page
    assert "Winner&#x27;s curse" in page
    assert asked == [3]  # none is drawn anew while trainings run


def test_trials_are_counted_of_those_that_there_will_be() -> None:
    told = [count_trials(done, planned) for done, planned in ((4, 10), (0, 10), (1, 0), (3, 2))]
    assert told == ["4 of 10 trials", "0 of 10 trials", "1 trial", "3 trials"]


def test_a_damaged_confirmation_is_left_to_the_report_and_stops_no_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_front, "START", 0.0)
    save_confirmation(tmp_path, make_confirmation(*MEMBERS))
    (tmp_path / "confirmed.json").write_text("{", encoding="utf-8")
    live = LiveFront(tmp_path, CHOSEN, REFERENCE, TASKS, 9)
    assert live.update(TRIALS, find_front(TRIALS, CHOSEN), dict) == ()
    assert not (tmp_path / "front.html").exists()
