from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from search.jobs.trial import PRUNED, Trial
from search.problem.objectives import resolve_objectives
from search.report.figures import front_panel
from search.report.figures.front_panel import draw_front_panel
from search.study.fronts.best_guess import Guess
from search.study.fronts.front import Estimate, FrontView, find_front
from search.study.fronts.single_tasks import SingleTask
from tests.search.report.figures.drawn import list_points
from tests.search.trials import TASKS, complete, failed

SINGLE = SingleTask("depth", True, "abs_err_m", "m", False, 0.2, 0.004, 10**12, 10)  # whose mean is known
TRIALS = [
    complete(0, 1.5, 18_000_000),
    complete(1, -4.0, 16_000_000),  # dominated
    complete(3, -2.0, 9_000_000),
]


def _panels() -> tuple[Any, Any]:
    figure = Figure()
    FigureCanvasAgg(figure)
    return tuple(figure.subplots(1, 2))


def _draw(trials: list[Trial], names: list[str]) -> tuple[Any, dict[int, Any]]:
    chosen = resolve_objectives(names, TASKS)
    panel, by_turn = _panels()
    view = FrontView(trials, find_front(trials, chosen), chosen, [0.0] * len(names), {})
    return panel, draw_front_panel(panel, by_turn, view)


def _staircase(panel: Any) -> list[list[float]]:
    (line,) = [line for line in panel.lines if line.get_gid() is None and len(line.get_xydata()) > 2]
    return line.get_xydata().tolist()


def test_costs_go_across_and_the_front_is_a_staircase_that_ends_at_its_members() -> None:
    panel, places = _draw(TRIALS, ["delta_mtl", "macs"])
    assert panel.get_xlabel() == "MACs of one image, lower is better"
    assert panel.get_ylabel() == "delta_mtl [% vs single-task]\nhigher is better"
    assert {number: place.at for number, place in places.items()} == {0: (18e6, 1.5), 1: (16e6, -4.0), 3: (9e6, -2.0)}
    # What the cheaper member dominates ends at its own height until the next one begins.
    assert _staircase(panel) == [[9e6, -2.0], [18e6, -2.0], [18e6, 1.5]]


def test_the_line_of_the_front_goes_by_what_trials_are_on_it_by() -> None:
    chosen = resolve_objectives(["delta_mtl", "macs"], TASKS)
    trials = [complete(0, 3.0, 9_000_000), complete(1, -1.0, 18_000_000)]  # the first one was lucky
    guesses = {0: {"delta_mtl": Guess(0.5, 1.0)}, 1: {"delta_mtl": Guess(1.5, 1.0)}}
    view = FrontView(trials, find_front(trials, chosen, guesses), chosen, [0.0, 0.0], {}, guesses)
    panel, by_turn = _panels()
    draw_front_panel(panel, by_turn, view)
    assert _staircase(panel) == [[9e6, 0.5], [18e6, 0.5], [18e6, 1.5]]
    assert "front by best guesses" in panel.get_legend_handles_labels()[1]


def test_where_more_across_is_better_a_step_ends_at_the_height_of_the_next() -> None:
    objectives = ({"delta_mtl": 1.0, "worst_delta": -5.0}, {"delta_mtl": 3.0, "worst_delta": -9.0})
    trials = [complete(n, 0.0, 10, objectives=each) for n, each in enumerate(objectives)]
    panel, _ = _draw(trials, ["delta_mtl", "worst_delta"])
    assert _staircase(panel) == [[-9.0, 3.0], [-9.0, 1.0], [-5.0, 1.0]]


@pytest.mark.parametrize(
    ("more", "title"),
    [
        ([], "2 of 3 trials on the front"),
        ([failed(7)], "2 of 4 trials on the front, 1 failed"),
        (
            [complete(8, 0.0, 10, status=PRUNED, objectives={}, reason="x"), failed(9)],
            "2 of 5 trials on the front, 1 stopped early, 1 failed",
        ),
    ],
)
def test_the_title_counts_what_ended_otherwise(more: list[Trial], title: str) -> None:
    panel, places = _draw([*TRIALS, *more], ["delta_mtl", "macs"])
    assert panel.get_title(loc="left") == title
    assert len(places) == 3 + len(more)


def test_without_a_front_it_says_so_and_with_three_objectives_that_two_are_seen() -> None:
    panel, _ = _draw([], ["delta_mtl", "macs"])
    assert [text.get_text() for text in panel.texts] == ["no complete trial"]
    three = {"delta_mtl": 1.0, "macs": 10.0, "params": 2.0}
    panel, _ = _draw([complete(0, 1.0, 10, objectives=three)], ["delta_mtl", "macs", "params"])
    assert panel.get_title(loc="left") == "1 of 1 trial on the front (seen in 2 of 3 objectives)"


def test_what_was_trained_to_the_end_stands_where_it_came_to_beside_its_trial() -> None:
    chosen = resolve_objectives(["delta_mtl", "macs"], TASKS)
    ends = [complete(3, 7.5, 9_000_000)]
    panel, by_turn = _panels()
    places = draw_front_panel(panel, by_turn, FrontView(TRIALS, [], chosen, [0.0, 0.0], {}, finals=ends))
    (found,) = [each for each in list_points(panel).items() if each[0].startswith("final-")]
    name, (drawn, at) = found
    assert (name, at) == ("final-3", [9_000_000, 7.5])
    assert drawn.get_label() == "trained to the end"
    assert places[3].at == (9_000_000, -2.0)


def _list_scatter(panel: Any) -> list[list[list[float]]]:
    """Ends of the lines that show how far one training scatters."""
    found = [each for each in panel.collections if each.get_gid() == "scatter"]
    return [segment.tolist() for each in found for segment in each.get_segments()]


def test_every_point_has_an_interval_of_its_own_or_the_scatter_of_one_training() -> None:
    chosen = resolve_objectives(["delta_mtl", "macs"], TASKS)
    view = FrontView(TRIALS, find_front(TRIALS, chosen), chosen, [0.0, 0.0], {}, singles=[SINGLE])
    guessed = replace(view, guesses={n: {"delta_mtl": Guess(0.0, 1.0)} for n in (0, 1, 3)})
    told = {"delta_mtl": Estimate(0.0, -1.0, 1.0), "macs": Estimate(9e6, 9e6, 9e6)}
    confirmed = replace(guessed, confirmed={3: told})
    ended = replace(confirmed, finals=[complete(0, 3.0, 18_000_000), complete(3, 1.0, 9_000_000)])
    bars = {0: [[18e6, -0.5], [18e6, 3.5]], 1: [[16e6, -6.0], [16e6, -2.0]], 3: [[9e6, -4.0], [9e6, 0.0]]}
    for shown, wanted in (
        (view, [bars[0], bars[3], bars[1]]),
        (guessed, [bars[1]]),  # which is not on the front, where guesses are drawn
        (confirmed, [bars[1]]),
        (ended, [bars[1], [[18e6, 1.0], [18e6, 5.0]]]),
        (replace(view, singles=()), []),  # not known
    ):
        panel, by_turn = _panels()
        draw_front_panel(panel, by_turn, shown)
        assert np.array(_list_scatter(panel)) == pytest.approx(np.array(wanted), abs=1e-9)


def test_far_from_zero_intervals_grow_by_the_error_of_what_a_delta_is_measured_from() -> None:
    chosen = resolve_objectives(["delta_mtl", "macs"], TASKS)
    single = SingleTask("segmentation", True, "miou", "", True, 0.026, 0.011, 3, 10)
    trial = complete(0, 979.0, 10)
    trial = replace(trial, metrics={**trial.metrics, "segmentation.delta": 979.0})
    view = FrontView([trial], [trial], chosen, [0.0, 0.0], {}, singles=[single])
    guessed = replace(view, guesses={0: {"delta_mtl": Guess(979.0, 3.0)}})
    bars = []
    for shown in (view, guessed):
        panel, by_turn = _panels()
        draw_front_panel(panel, by_turn, shown)
        lines = [each for each in panel.collections if hasattr(each, "get_segments")]
        bars.append([np.ptp(segment[:, 1]) / 2 for each in lines for segment in each.get_segments()])
    assert bars == [[pytest.approx(267, abs=1)], [pytest.approx(264, abs=1)]]


def test_points_stay_apart_however_long_an_interval_of_two_seeds_is() -> None:
    chosen = resolve_objectives(["delta_mtl", "macs"], TASKS)
    told = {"delta_mtl": Estimate(1.0, -1300.0, 1302.0, 2), "macs": Estimate(18e6, 18e6, 18e6, 2)}
    view = FrontView(TRIALS, find_front(TRIALS, chosen), chosen, [0.0, 0.0], {}, confirmed={0: told})
    panel, by_turn = _panels()
    draw_front_panel(panel, by_turn, view)
    low, high = panel.get_ylim()
    assert -11.0 < low < -4.0 and 1.5 < high < 8.0  # points are from -4 to 1.5
    words = panel.get_legend_handles_labels()[1]
    assert "confirmed, 95 %, 2 seeds" in words
    assert "interval goes on beyond the plot" in words


def test_labels_avoid_each_point_and_no_way_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Points of one look are one artist, with nothing drawn from one to the next."""
    avoided: list[int] = []
    place = front_panel.place_labels

    def watch(axes: Any, labels: Any, avoid: np.ndarray) -> None:
        avoided.append(len(avoid))
        place(axes, labels, avoid)

    monkeypatch.setattr(front_panel, "place_labels", watch)
    more = [complete(10 + n, -4.0 + 0.1 * n, 16_000_000 + 100_000 * (n % 7)) for n in range(20)]  # dominated, within
    for trials in (TRIALS, [*TRIALS, *more]):
        panel, places = _draw(trials, ["delta_mtl", "macs"])
        panel.set(xlim=(8e6, 20e6), ylim=(-5, 2))
        chosen = resolve_objectives(["delta_mtl", "macs"], TASKS)
        view = FrontView(trials, find_front(trials, chosen), chosen, [0.0, 0.0], {})
        front_panel.label_objective(panel, view, places)
    assert avoided[1] - avoided[0] == len(more)
