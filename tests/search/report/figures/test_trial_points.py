from __future__ import annotations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from search.report.figures.palette import BLUE, ORANGE
from search.report.figures.trial_points import DOMINATED, FRONT, Place, draw_points, draw_ring


def test_each_trial_is_one_point_and_its_kind_one_entry_of_the_legend() -> None:
    axes = Figure().subplots()
    places = draw_points(axes, FRONT, {3: (1.0, 2.0), 5: (4.0, 3.0)}, axes.transData)
    places |= draw_points(axes, DOMINATED, {7: (0.5, 0.5)}, axes.transAxes)
    assert [(line.names, line.get_xydata().tolist()) for line in axes.lines] == [
        (("trial-3", "trial-5"), [[1.0, 2.0], [4.0, 3.0]]),
        (("trial-7",), [[0.5, 0.5]]),
    ]
    assert axes.lines[0].get_color() == BLUE
    assert axes.get_legend_handles_labels()[1] == ["on the front, one training", "dominated"]
    assert places[5] == Place(axes, (4.0, 3.0), axes.transData)
    assert places[7].transform is axes.transAxes


def test_a_ring_leaves_the_axes_as_they_are() -> None:
    figure = Figure()
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    (place,) = draw_points(axes, FRONT, {0: (1.0, 1.0)}, axes.transData).values()
    before = axes.get_xlim(), axes.get_ylim()
    draw_ring(Place(axes, (9.0, 9.0), place.transform))
    ring = axes.lines[-1]
    assert (ring.get_color(), ring.get_fillstyle()) == (ORANGE, "none")
    assert (axes.get_xlim(), axes.get_ylim()) == before
