"""The figure of several searches."""

from __future__ import annotations

from search.report.figures.runs_figure import draw_runs_figure
from search.study.fronts.front import FrontView, find_front
from tests.search.report.figures.drawn import list_points
from tests.search.report.reports import CHOSEN, REFERENCE, TRIALS


def test_each_run_has_its_own_look_and_every_known_trial_a_point() -> None:
    trials = sorted(TRIALS, key=lambda trial: trial.number)
    view = FrontView(trials, find_front(trials, CHOSEN), CHOSEN, REFERENCE, {trial.key: "mark" for trial in trials})
    (axes,) = draw_runs_figure(view, {"one": [0, 1, 2], "two": [3, 4]}).axes
    points = {name: drawn for name, (drawn, _) in list_points(axes).items()}
    assert sorted(points) == [f"trial-{trial.number}" for trial in trials if trial.complete]
    looks = {name: (line.get_color(), line.get_marker()) for name, line in points.items()}
    assert looks["trial-0"] == looks["trial-1"] != looks["trial-3"] == looks["trial-4"]
    assert points["trial-0"].get_markersize() > points["trial-1"].get_markersize()  # which is dominated
    (legend,) = axes.figure.legends
    assert [text.get_text() for text in legend.get_texts()][:2] == ["one, 3 trials", "two, 2 trials"]
    assert {text.get_text() for text in axes.texts} >= {view.front[0].key}
