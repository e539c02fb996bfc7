from __future__ import annotations

from search.results.picture import Picture, title_drawing, title_trial
from spaces.drawing.svg import draw_svg
from spaces.drawing.text import draw_text
from spaces.pattern.sharing_pattern import hard_sharing
from tests.search.trials import complete

PATTERN = hard_sharing(("depth", "edges"), 2, 2)


def test_a_notebook_draws_it_and_a_terminal_prints_it() -> None:
    picture = Picture(PATTERN, "trial 3")
    assert picture._repr_svg_() == draw_svg(PATTERN, "trial 3")
    assert "trial 3" in picture._repr_svg_()
    assert repr(picture) == f"trial 3\n{draw_text(PATTERN)}"


def test_titles_have_cost_and_what_is_known_of_the_change() -> None:
    trial = complete(4, 1.25, 15_100_000)
    assert title_trial(trial).startswith("trial 4, delta_mtl +1.2 %, 15.1 M multiply-accumulates, ")
    assert title_drawing("all fused", 11.6e6, 123e3) == "all fused, 11.6 M multiply-accumulates, 123 k parameters"
