from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from search.report.figures.named_points import NamedPoints

POINTS = {"trial-3": (1.0, 2.0), "trial-5": (4.0, 3.0), "trial-7": (2.0, 2.5)}
LOOK = {"marker": "o", "markersize": 7.0, "color": "#0072b2"}


def _figure(*, one_by_one: bool = False) -> Figure:
    figure = Figure(figsize=(3, 2))
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.set(xlim=(0, 5), ylim=(0, 5))
    if one_by_one:
        for name, (x, y) in POINTS.items():
            axes.plot([x], [y], linestyle="", gid=name, **LOOK)
    else:
        axes.add_line(NamedPoints(POINTS, **LOOK))
    return figure


def _svg(figure: Figure) -> str:
    text = io.StringIO()
    figure.savefig(text, format="svg")
    return text.getvalue()


def _uses(svg: str) -> dict[str, list[tuple[str, str]]]:
    """Where markers are used, by id of the group that they are in."""
    groups = {each.get("id"): each for each in ElementTree.fromstring(svg).iter() if each.get("id") in POINTS}
    return {
        name: [(use.get("x", ""), use.get("y", "")) for use in group.iter() if use.tag.endswith("}use")]
        for name, group in groups.items()
    }


def test_each_point_is_found_by_name_where_an_artist_of_its_own_would_stand() -> None:
    found = _uses(_svg(_figure()))
    assert list(found) == list(POINTS)
    assert found == _uses(_svg(_figure(one_by_one=True)))
    assert all(len(places) == 1 for places in found.values())


def test_a_picture_of_pixels_is_the_same() -> None:
    pixels = []
    for one_by_one in (False, True):
        figure = _figure(one_by_one=one_by_one)
        figure.canvas.draw()
        pixels.append(np.asarray(figure.canvas.buffer_rgba()))
    assert np.array_equal(*pixels)


def test_drawing_leaves_the_points_as_they_are() -> None:
    figure = _figure()
    first, second = _svg(figure), _svg(figure)
    assert _uses(first) == _uses(second)
    (line,) = figure.axes[0].lines
    assert line.get_xydata().tolist() == [list(point) for point in POINTS.values()]
    assert line.get_gid() is None
    assert len(re.findall("trial-", first)) == len(POINTS)
