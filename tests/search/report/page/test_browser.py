"""The page in a browser: its scripts run without an error and fill what they are to fill."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.problem.objectives import DELTA_MTL, MACS
from search.report.figures.front_figure import BELOW, draw_front_figure, render_front_svg
from search.report.page.context import Context
from search.report.page.page import write_page
from search.report.page.single_tasks import SingleTask
from search.study.fronts.best_guess import guess_objectives
from search.study.fronts.front import FrontView, find_front
from tests.browser import BROWSER, MISSING, open_page
from tests.search.trials import complete, failed

SINGLES = (
    SingleTask("segmentation", True, "miou", "", True, 0.5, 0.01, 3, 9_000_000),
    SingleTask("depth", True, "abs_err_m", "m", False, 0.2, 0.01, 3, 9_000_000),
    SingleTask("normals", True, "angle_deg", "deg", False, 20.0, 0.5, 3, 9_000_000),
)


@pytest.mark.skipif(not BROWSER, reason=MISSING)
def test_the_page_fills_itself_without_an_error(tmp_path: Path) -> None:
    trials = [complete(n, 3.0 - (n - 6) ** 2 / 9, 8_000_000 + 900_000 * n) for n in range(14)] + [
        failed(14, "lost <b>")
    ]
    chosen = (DELTA_MTL, MACS)
    guesses = guess_objectives(trials, chosen)
    view = FrontView(trials, find_front(trials, chosen, guesses), chosen, (-20.0, 30e6), {}, guesses)
    context = Context({"space": "fusion"}, SINGLES, {4: "trials/0004.pt"}, "python -m search.export r")
    write_page(tmp_path / "front.html", "r", view, render_front_svg(draw_front_figure(view, BELOW)), context=context)
    opened = open_page((tmp_path / "front.html").as_uri() + "#trial-4", tmp_path / "browser")
    assert opened.errors == ()
    page = opened.page
    for words in (
        "trial 4, ",
        "single-task \u00b1 sd",
        "Who should share what",
        "python -m search.export r 4",
        "PED-ANOVA",
    ):
        assert words in page
    assert page.count('class="card') == 1
    assert page.count('tabindex="0"') == 2  # one stop in the plot, one in the table
    assert 'aria-sort="descending"' in page
    assert "lost &lt;b&gt;" in page
    assert 'aria-label="least depth.delta"' not in page  # these trials have no task deltas, so that no axes are drawn
