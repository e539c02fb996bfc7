from __future__ import annotations

from pathlib import Path

from search.problem.objectives import DELTA_MTL, MACS
from search.report.shown_front import show_front
from search.study.fronts.front import FrontView
from tests.search.trials import TASKS, complete


def test_picture_and_page_are_of_one_view(tmp_path: Path) -> None:
    trial = complete(0, 1.0, 10)
    view = FrontView([trial], (trial,), (DELTA_MTL, MACS), (-20.0, 20.0), {})
    show_front(tmp_path, view, TASKS, progress="1 of 2 trials, refreshed 12:03")
    assert (tmp_path / "front.png").read_bytes().startswith(b"\x89PNG")
    assert "1 of 2 trials, refreshed 12:03" in (tmp_path / "front.html").read_text(encoding="utf-8")
