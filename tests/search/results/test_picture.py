from __future__ import annotations

from search.results.picture import Picture
from spaces.drawing.svg import draw_svg
from spaces.drawing.text import draw_text
from spaces.pattern.sharing_pattern import hard_sharing

PATTERN = hard_sharing(("depth", "edges"), 2, 2)


def test_a_notebook_draws_it_and_a_terminal_prints_it() -> None:
    picture = Picture(PATTERN, "trial 3")
    assert picture._repr_svg_() == draw_svg(PATTERN, "trial 3")
    assert "trial 3" in picture._repr_svg_()
    assert repr(picture) == f"trial 3\n{draw_text(PATTERN)}"
