from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from search.jobs.trial import Trial
from search.problem import objectives
from search.report.figures import front_figure as plots
from search.study.fronts import front
from search.study.fronts.front import FrontView
from tests.search.report.figures.drawn import list_points
from tests.search.trials import SINGLES, TASKS, complete, failed

CHOSEN = objectives.resolve_objectives(["delta_mtl", "macs"], TASKS)
TRIALS = [
    complete(0, 1.5, 18_000_000),
    complete(1, -4.0, 16_000_000),  # dominated
    failed(2),
    complete(3, -2.0, 9_000_000),
    complete(4, 1.0, 12_400_000),
]


def _view(trials: Sequence[Trial], marks: dict[str, str], names: Sequence[str] = ("delta_mtl", "macs")) -> FrontView:
    chosen = objectives.resolve_objectives(names, TASKS)
    trials = [
        replace(t, objectives=objectives.collect_objectives(t.metrics, t.macs, t.params, chosen)) if t.complete else t
        for t in trials
    ]
    fixed = {"delta_mtl": -20.0, "worst_delta": -20.0, "macs": 21e6}
    return FrontView(trials, front.find_front(trials, chosen), chosen, [fixed[name] for name in names], marks)


def _words(figure: Any) -> dict[str, Any]:
    """Texts written beside points."""
    return {text.get_text(): text for axes in figure.axes for text in axes.texts}


def test_members_are_numbered_and_marked_trials_named_wherever_they_stand() -> None:
    marks = {TRIALS[4].key: "progressive tree", TRIALS[1].key: "all fused", TRIALS[2].key: "broken"}
    figure = plots.draw_front_figure(_view(TRIALS, marks))
    assert set(_words(figure)) == {"0", "3", "4: progressive tree", "1: all fused", "2: broken"}
    rings = [line for line in figure.axes[0].lines if line.get_fillstyle() == "none"]
    points = {**list_points(figure.axes[0]), **list_points(figure.axes[1])}
    centres = [points[f"trial-{number}"][1] for number in (1, 2, 4)]
    assert sorted(ring.get_xydata().tolist()[0] for ring in rings) == sorted(centres)


def test_a_mark_is_drawn_once_on_the_front_if_it_can_be() -> None:
    first = complete(7, -9.0, 18_000_000, key=TRIALS[0].key, pattern=TRIALS[0].pattern)
    trials = [failed(5), *TRIALS, first]
    trials[0] = replace(trials[0], key=TRIALS[0].key, pattern=TRIALS[0].pattern)
    assert _view(trials, {TRIALS[0].key: "all separate"}).marked == {0: "all separate"}


@pytest.mark.parametrize(
    ("names", "panel", "across"),
    [
        (["delta_mtl", "macs"], 0, 9_000_000),
        (["macs"], 0, 2),
        (["delta_mtl", "worst_delta"], 1, 3),  # the third to finish
    ],
)
def test_failed_trials_stand_at_the_foot_where_their_place_is_known(names: list[str], panel: int, across: int) -> None:
    figure = plots.draw_front_figure(_view(TRIALS, {}, names))
    drawn, (x, y) = list_points(figure.axes[panel])["trial-2"]
    assert x == across
    assert 0 < y < 0.1
    assert drawn.get_marker() == "x"
    low, high = figure.axes[panel].get_xlim()
    assert low < x < high


@pytest.mark.parametrize("step", [3_000, 40_000, 400_000])
def test_labels_leave_neither_the_axes_nor_each_other(step: int) -> None:
    trials = [complete(n, n / 5, 9_000_000 + n * step) for n in range(18)]
    marks = {trials[0].key: "all fused", trials[17].key: "all separate", trials[9].key: "progressive tree"}
    figure = plots.draw_front_figure(_view(trials, marks))
    words = _words(figure)
    assert {"0: all fused", "17: all separate", "9: progressive tree"} <= set(words)
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]  # Figure does not say which canvas it has
    boxes = [text.get_window_extent(renderer) for text in words.values()]
    frame = figure.axes[0].get_window_extent(renderer)
    for index, box in enumerate(boxes):
        assert frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
        assert not any(box.overlaps(other) for other in boxes[:index])


@pytest.mark.parametrize("delta", [-0.7, -0.4, -0.1, 0.0, 0.1, 0.4, 0.7])
def test_no_rule_strikes_out_a_label(delta: float) -> None:
    trials = [complete(0, -9.0, 9_000_000), complete(1, delta, 14_000_000), complete(2, 4.0, 18_000_000)]
    figure = plots.draw_front_figure(_view(trials, {trials[1].key: "all separate"}))
    box = _words(figure)["1: all separate"].get_window_extent(figure.canvas.get_renderer())  # type: ignore[attr-defined]
    rule = figure.axes[0].transData.transform((0, 0))[1]
    assert not box.y0 <= rule <= box.y1


def test_the_picture_and_the_drawing_are_the_same_each_time(tmp_path: Path) -> None:
    marks = {TRIALS[4].key: "cost in $ and $"}
    figures = [plots.draw_front_figure(_view(TRIALS, marks)) for _ in range(2)]
    for number, figure in enumerate(figures):
        plots.save_png(tmp_path / f"{number}.png", figure)
    assert (tmp_path / "0.png").read_bytes() == (tmp_path / "1.png").read_bytes()
    assert plots.render_front_svg(figures[0]) == plots.render_front_svg(figures[1])
    assert "4: cost in $ and $" in plots.render_front_svg(figures[0])


@pytest.mark.parametrize("count", [0, 1, 5])
def test_the_hypervolume_after_the_last_trial_is_drawn_as_a_step_too(count: int) -> None:
    view = _view(TRIALS[:count], {})
    _, axes = plots.draw_front_figure(view).axes
    (line,) = [each for each in axes.lines if len(each.get_xdata()) == count + 2]
    x, y = np.asarray(line.get_xydata()).T
    assert y.tolist() == [0.0, *view.volumes, view.volumes[-1] if count else 0.0]
    assert x[:-1].tolist() == list(range(count + 1))
    assert axes.get_xlim() == (0, x[-1]) and x[-1] > count


@pytest.mark.parametrize("arrangement", [plots.BESIDE, plots.BELOW])
def test_the_legend_stays_in_the_picture_whatever_is_drawn(arrangement: plots.Arrangement) -> None:
    corners = {percent: np.array([[-5.0, 9e6], [1.0, 18e6]]) for percent in (50, 100)}
    whole = replace(_view(TRIALS, {}), attained=corners, singles=SINGLES)
    figure = plots.draw_front_figure(whole, arrangement)
    (legend,) = figure.legends
    assert len(legend.get_texts()) >= 6
    assert legend.get_window_extent().x1 <= figure.bbox.x1
