from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from search.problem.objectives import MAXIMISE, MINIMISE, Objective, resolve_objectives
from search.report.figures.front_figure import draw_front_figure, render_front_svg
from search.report.figures.front_panel import draw_front_panel
from search.report.figures.staircases import trace_front
from search.study.fronts.front import FrontView, find_front
from search.study.fronts.single_tasks import SingleTask
from tests.search.trials import TASKS, complete

SINGLE = SingleTask("depth", True, "abs_err_m", "m", False, 0.2, 0.004, 10**12, 10)  # whose mean is known
TRIALS = [complete(0, 1.5, 18_000_000), complete(3, -2.0, 9_000_000)]


def _draw(view: FrontView) -> Any:
    figure = Figure()
    FigureCanvasAgg(figure)
    panel, by_turn = figure.subplots(1, 2)
    draw_front_panel(panel, by_turn, view)
    return panel


@pytest.mark.parametrize(
    ("across", "corners"),
    [(MINIMISE, [[1, 1], [2, 1], [2, 4]]), (MAXIMISE, [[1, 4], [1, 3], [3, 3]])],
)
def test_steps_end_where_the_next_member_begins(across: str, corners: list[list[int]]) -> None:
    points = np.array([[2, 4], [1, 1], [2, 0]] if across == MINIMISE else [[3, 3], [1, 4], [1, 1]])
    drawn = Objective("a", "", across), Objective("b", "", MAXIMISE)
    assert trace_front(points, drawn).tolist() == corners


@pytest.mark.parametrize(
    ("names", "corner", "wanted"),
    [
        (["delta_mtl", "macs"], (1.5, 12e6), [(12e6, 0), (12e6, 1.5), (1, 1.5)]),
        (["depth.abs_err_m", "macs"], (0.3, 12e6), [(12e6, 1), (12e6, 0.3), (1, 0.3)]),
        (["delta_mtl", "worst_delta"], (1.5, -5.0), [(0, 1.5), (-5.0, 1.5), (-5.0, 0)]),
    ],
)
def test_what_seeds_reach_is_a_line_to_the_edges_though_it_has_one_corner(
    names: list[str], corner: tuple[float, float], wanted: list[tuple[float, float]]
) -> None:
    """An end at an edge is told by 0 or 1: of lower or upper limit."""
    chosen = resolve_objectives(names, TASKS)
    best = {"delta_mtl": 1.5, "macs": 12e6, "depth.abs_err_m": 0.3, "worst_delta": -5.0}
    trials = [complete(n, 0.0, 12_000_000, objectives={k: best[k] * (1 + n / 5) for k in names}) for n in range(3)]
    view = FrontView(trials, find_front(trials, chosen), chosen, [0.0, 0.0], {}, attained={50: np.array([corner])})
    panel = _draw(view)
    (line,) = [line for line in panel.lines if line.get_label() == "50 % of fresh seeds reach"]
    limits = {(0, 0): panel.get_xlim()[0], (0, 1): panel.get_xlim()[1], (1, 0): panel.get_ylim()[0]}
    limits[1, 1] = panel.get_ylim()[1]
    edges = np.array([[limits.get((side, each[side]), each[side]) for side in (0, 1)] for each in wanted])
    assert np.asarray(line.get_xydata()) == pytest.approx(edges)


def test_a_line_that_is_nowhere_in_the_plot_is_not_in_its_legend() -> None:
    chosen = resolve_objectives(["delta_mtl", "macs"], TASKS)
    corners = {50: np.array([[-9000.0, 12e6]]), 100: np.array([[0.0, 12e6]])}
    view = FrontView(TRIALS, find_front(TRIALS, chosen), chosen, [0.0, 0.0], {}, singles=[SINGLE], attained=corners)
    panel = _draw(view)
    words = [each for each in panel.get_legend_handles_labels()[1] if "fresh seeds" in each]
    assert words == ["100 % of fresh seeds reach"]


def test_what_seeds_reach_is_drawn_unlike_the_single_task_networks_dashes() -> None:
    chosen = resolve_objectives(["delta_mtl", "macs"], TASKS)
    attained = {share: np.array([[1.5 - share / 100, 12e6]]) for share in (50, 100)}
    view = FrontView(TRIALS, find_front(TRIALS, chosen), chosen, [0.0, 0.0], {}, attained=attained)
    svg = render_front_svg(draw_front_figure(view))
    found = {tuple(map(float, each.split(","))) for each in re.findall(r"stroke-dasharray: ([\d., ]+)", svg)}
    shapes = sorted((len(each), each[0] > each[1]) for each in found)
    assert shapes == [(2, False), (2, True), (4, True)]  # dots, dashes, dashes with dots
