from __future__ import annotations

from pathlib import Path

import pytest

from search.problem.objectives import DELTA_MTL, MACS
from search.report import live_front
from search.report.live_front import LiveFront, count_trials
from search.study.fronts.front import find_front
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


def test_trials_are_counted_of_those_that_there_will_be() -> None:
    told = [count_trials(done, planned) for done, planned in ((4, 10), (0, 10), (1, 0), (3, 2))]
    assert told == ["4 of 10 trials", "0 of 10 trials", "1 trial", "3 trials"]
