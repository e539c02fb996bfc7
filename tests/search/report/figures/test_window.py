from __future__ import annotations

import math

from matplotlib.figure import Figure

from search.report.figures.trial_points import CONFIRMED, draw_intervals, draw_scatter
from search.report.figures.window import ALL, GOES_ON, OPEN, Window, cut, find_limits, fit_window


def test_points_are_shown_and_as_much_again_or_what_they_scatter_by() -> None:
    assert find_limits([1.0, 3.0, math.nan], []) == (-1.0, 5.0)
    assert find_limits([1.0, 3.0], [5.0, 4.0, math.nan, 900.0]) == (-9.0, 13.0)
    assert find_limits([2.0], [1.0]) == (0.0, 4.0)
    assert find_limits([2.0], []) == find_limits([], [1.0]) == ALL


def test_what_lies_within_stays_and_nothing_is_made_of_nothing() -> None:
    assert cut((1.0, 9.0), (2.0, 8.0)) == [2.0, 8.0]
    assert cut((3.0, math.inf), (2.0, 8.0)) == [3.0, 8.0]
    assert all(map(math.isnan, cut((math.nan, math.nan), ALL)))


def test_a_long_interval_ends_at_the_edge_with_an_arrow() -> None:
    axes = Figure().subplots()
    window = Window(up=(-10.0, 10.0))
    across = (1.0, math.nan, math.nan)
    draw_intervals(axes, CONFIRMED, {3: (across, (2.0, -1300.0, 1300.0)), 4: (across, (2.0, 1.0, 3.0))}, window)
    draw_scatter(axes, [(1.0, 5.0)], [(math.nan, 20.0)], window)
    arrows = [line for line in axes.lines if line.get_gid() == "goes-on"]
    assert [(line.get_marker(), *line.get_xydata()[0]) for line in arrows] == [
        ("v", 1.0, -10.0),
        ("^", 1.0, 10.0),
        ("v", 1.0, -10.0),
        ("^", 1.0, 10.0),
    ]
    assert {line.get_label() for line in arrows} == {GOES_ON}
    axes.axhspan(-500, 500)
    fit_window(axes, window)
    assert axes.get_ylim() == (-11.2, 11.2)
    across_before = axes.get_xlim()
    fit_window(axes, OPEN)
    assert axes.get_xlim() == across_before
