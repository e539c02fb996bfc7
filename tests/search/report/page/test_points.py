from __future__ import annotations

from search.problem.objectives import DELTA_MTL, MACS
from search.report.figures.front_figure import BELOW, draw_front_figure, render_front_svg
from search.report.page.points import make_interactive
from search.study.fronts.front import FrontView
from tests.search.trials import SINGLES, complete


def test_points_are_marked_and_colours_are_the_pages() -> None:
    trial = complete(7, 1.0, 10)
    view = FrontView([trial], (trial,), (DELTA_MTL, MACS), (-20.0, 20.0), {}, singles=SINGLES)
    figure = make_interactive(render_front_svg(draw_front_figure(view, BELOW)), view)
    assert 'data-trial="7"' in figure
    assert 'aria-label="trial 7: front, delta_mtl +1.0 +- 1.3 %, macs ' in figure
    assert 'id="trial-7"' not in figure  # an address that ends in it is for the script
    assert "var(--blue)" in figure
    assert "single-task networks, together " in figure
