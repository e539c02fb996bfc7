"""The panel of the figure that shows the front among all trials, with a point for each trial.

Drawn into axes of `search.report.figures.front_figure`. Costs go across, so that the best corner is the upper left one.
A trial without a value stands as a cross at the foot of the panel that knows its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from search.jobs.trial import PRUNED
from search.problem.objectives import BEFOREHAND, COUNTED, MACS, MAXIMISE, PARAMS, Objective
from search.report.figures.palette import BLACK, BLUE, GREY, LIGHT, ORANGE
from search.report.figures.point_labels import Label, place_labels
from search.report.figures.staircases import draw_attainment, extend_lines, trace_front
from search.report.figures.trial_points import (
    CONFIRMED,
    DOMINATED,
    FAILED,
    FINAL,
    FRONT,
    GUESSED,
    STOPPED,
    Place,
    draw_intervals,
    draw_points,
    draw_ring,
    draw_scatter,
)
from search.report.figures.window import ALL, Window, find_limits, fit_window
from search.study.fronts.front import Estimate, FrontView, collect_values
from spaces.common.formatting import format_macs

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from search.jobs.trial import Trial

NO_NAMES: Mapping[int, str] = MappingProxyType({})
BY_GUESSES = "front by best guesses"
FARTHEST = 2.0  # single-task networks together are drawn up to so many times the dearest member's cost: our choice
RUG = 0.025  # height of the trials without a value, as a share of the axes
NUMBER = Objective("trial", "", MAXIMISE)  # goes across where there is one objective only


def draw_front_panel(panel: Axes, by_turn: Axes, view: FrontView) -> dict[int, Place]:
    """Draw the front and all trials.

    Args:
        panel: for the front.
        by_turn: shows finished trials across; a trial stands there whose place in the panel is not known at all.
        view: what is drawn.

    Returns:
        Where each trial stands, by number.
    """
    across, up = choose_axes(view.objectives)
    places: dict[int, Place] = {}
    for look, on_front in ((FRONT, True), (DOMINATED, False)):
        trials = [trial for trial in view.trials if (trial.number in view.members) is on_front]
        at = zip(list_values(trials, across), list_values(trials, up), strict=True)
        found = {trial.number: point for trial, point in zip(trials, at, strict=True) if np.isfinite(point).all()}
        places |= draw_points(panel, look, found, panel.transData)
    at = zip(*(list_values([*view.trained.values()], each) for each in (across, up)), strict=True)
    ends = dict(zip(view.trained, at, strict=True))
    draw_points(panel, FINAL, ends, panel.transData)
    window = _draw_uncertainty(panel, view, (across, up), {n: place.at for n, place in places.items()}, ends)
    attained = draw_attainment(panel, view, (across, up))
    foot = panel if across in (*COUNTED, NUMBER) else by_turn
    unplaced = [(turn, trial) for turn, trial in enumerate(view.trials, start=1) if trial.number not in places]
    for look, pruned in ((STOPPED, True), (FAILED, False)):
        rug = {
            trial.number: ({MACS: trial.macs, PARAMS: trial.params, NUMBER: trial.number}.get(across, turn), RUG)
            for turn, trial in unplaced
            if (trial.status == PRUNED) is pruned
        }
        places |= draw_points(foot, look, rug, foot.get_xaxis_transform())
    draw_frame(panel, view, across, up)
    fit_window(panel, window)
    extend_lines(panel, attained, (across, up))
    return places


def _draw_uncertainty(
    panel: Axes,
    view: FrontView,
    drawn: tuple[Objective, Objective],
    trials: Mapping[int, tuple[float, float]],
    ends: Mapping[int, tuple[float, float]],
) -> Window:
    """Draw intervals and how far single trainings scatter, within the window that is returned.

    Args:
        panel: where.
        view: what is drawn.
        drawn: what goes across and up.
        trials: points of trials that have one, by number.
        ends: likewise of trainings to the end.
    """
    confirmed, guessed = _place_confirmed(view, *drawn), _place_guesses(view, *drawn)
    bare = [(point, view.spreads[number]) for number, point in trials.items() if number not in {*confirmed, *guessed}]
    bare += [(point, view.final_spreads[number]) for number, point in ends.items() if number not in confirmed]
    spreads = [[known.get(each.name, np.nan) for each in drawn] for _, known in bare]
    means = [(across[0], up[0]) for across, up in (*confirmed.values(), *guessed.values())]
    sides = [ALL, ALL]
    for side, objective in enumerate(drawn):
        if objective is not NUMBER and objective not in BEFOREHAND:
            values = [point[side] for point in (*trials.values(), *ends.values(), *means)]
            sds = [row[side] for row in spreads] + [each[side][2] - each[side][0] for each in guessed.values()]
            sides[side] = find_limits([*values, 0.0] if objective.unit == "%" else values, sds)
    window = Window(*sides)
    draw_intervals(panel, replace(CONFIRMED, label=_name_confirmed(view)), confirmed, window)
    draw_intervals(panel, GUESSED, guessed, window)
    draw_scatter(panel, [point for point, _ in bare], spreads, window)
    return window


def _name_confirmed(view: FrontView) -> str:
    """The legend's words, with how many seeds intervals are of, where that is known: of two they are long."""
    seeds = sorted({each.seeds for told in view.confirmed.values() for each in told.values() if each.seeds})
    if not seeds:
        return CONFIRMED.label
    many = f"{seeds[0]} to {seeds[-1]}" if len(seeds) > 1 else f"{seeds[0]}"
    return f"{CONFIRMED.label}, {many} seed{'s' * (many != '1')}"


def _place_confirmed(
    view: FrontView, across: Objective, up: Objective
) -> dict[int, tuple[tuple[float, float, float], tuple[float, float, float]]]:
    """Mean, lower and upper end of each confirmed network, across and up."""
    found = {}
    for number, told in view.confirmed.items():
        sides = [
            Estimate(number, np.nan, np.nan) if objective is NUMBER else told[objective.name]
            for objective in (across, up)
        ]
        first, second = ((each.mean, each.low, each.high) for each in sides)
        found[number] = (first, second)
    return found


def _place_guesses(
    view: FrontView, across: Objective, up: Objective
) -> dict[int, tuple[tuple[float, float, float], tuple[float, float, float]]]:
    """Best guess of each member, with one standard deviation to either side; none of those that were confirmed."""
    found = {}
    for trial in view.front:
        told = view.foretold.get(trial.number, {})
        if trial.number in view.confirmed or not told:
            continue
        sides = []
        for objective in (across, up):
            guess = told.get(objective.name)
            (value,) = list_values([trial], objective)
            ends = (guess.value - guess.sd, guess.value + guess.sd) if guess else (np.nan, np.nan)
            sides.append((guess.value if guess else value, *ends))
        found[trial.number] = (sides[0], sides[1])
    return found


def label_objective(
    axes: Axes, view: FrontView, places: Mapping[int, Place], names: Mapping[int, str] = NO_NAMES
) -> None:
    """Number the front's members, ring and name the marked trials.

    Args:
        axes: the panel to label; its size must not change any more.
        view: what is drawn.
        places: as `draw_front_panel` gave them.
        names: of trials, by number, where that is not what they are called by.
    """
    here = {number: spot for number, spot in places.items() if spot.axes is axes}
    labels = []
    for number, spot in here.items():
        words = view.marked.get(number)
        if words:
            draw_ring(spot)
            labels.append(Label(f"{number}: {words}", spot.at, spot.transform, ORANGE, 8, needed=True))
        elif number in view.members:
            labels.append(Label(names.get(number, str(number)), spot.at, spot.transform, BLUE, 5.5, needed=False))
    points = [spot.transform.transform(spot.at) for spot in here.values()]
    from search.report.figures.named_points import NamedPoints  # matplotlib: 1 s, only drawing wants it

    drawn = [line for line in axes.lines if not isinstance(line, NamedPoints)]  # nothing runs from point to point
    curves = [(line.get_transform(), np.asarray(line.get_xydata())) for line in drawn]
    lines = [transform.transform(_fill_line(curve)) for transform, curve in curves if len(curve) > 1]
    place_labels(axes, labels, np.vstack([np.empty((0, 2)), *points, *lines]))


def draw_frame(axes: Axes, view: FrontView, across: Objective, up: Objective) -> None:
    """Draw what stands around the points: names, the front's line, what single-task networks reach."""
    trials, front, objectives = view.trials, view.front, view.objectives
    axes.set_xlabel(_name_axis(across), parse_math=False)  # users name units, and a $ is a $
    axes.set_ylabel("\n".join(_name_axis(up).rsplit(", ", 1)), parse_math=False)  # one line is longer than the panel
    failed, stopped = sum(trial.failed for trial in trials), sum(trial.status == PRUNED for trial in trials)
    counts = {"stopped early": stopped, "failed": failed}
    note = "".join(f", {count} {what}" for what, count in counts.items() if count)
    seen = f" (seen in 2 of {len(objectives)} objectives)" if len(objectives) > 2 else ""
    many = f"{len(trials)} trial" + "s" * (len(trials) != 1)
    axes.set_title(f"{len(front)} of {many} on the front{note}{seen}", fontsize=10, loc="left")
    if not front:
        axes.text(0.5, 0.5, "no complete trial", transform=axes.transAxes, ha="center", color=GREY)
        axes.set(ylim=(0, 1), yticks=[])
        if not trials:
            axes.set(xlim=(0, 1), xticks=[])
    if front and len(objectives) > 1:
        # By what trials are on it, so that no member lies behind it.
        points = np.array([view.read_believed(trial, (across.name, up.name)) for trial in front])
        label = BY_GUESSES if view.guesses else "_"
        axes.plot(*trace_front(points, (across, up)).T, color=BLUE, linewidth=1.4, alpha=0.8, zorder=3, label=label)
    if front and up.unit == "%":
        dashes = (0, (4, 3))
        cost = f", together {format_macs(view.separate)}" if view.separate else ""
        axes.axhline(0, color=BLACK, linewidth=0.8, linestyle=dashes, label=f"single-task networks{cost}", zorder=1)
        if np.isfinite(view.error) and view.error > 0 and up.name == "delta_mtl":
            words = "their error near 0, 2 standard errors"  # farther away it grows with what is divided by them
            axes.axhspan(-2 * view.error, 2 * view.error, color=LIGHT, alpha=0.6, linewidth=0, label=words, zorder=0)
        if across == MACS and 0 < view.separate <= FARTHEST * max(list_values(front, across)):
            axes.plot([view.separate], [0], "s", color=BLACK, markersize=5, fillstyle="none", zorder=3)
    _set_ticks(axes, across, up)
    axes.margins(x=0.08, y=0.12)


def _fill_line(line: np.ndarray) -> np.ndarray:
    """Points all along a line, (n, 2)."""
    steps = np.linspace(0, 1, 30 if len(line) > 2 else 200)[:, None]  # a rule crosses the whole panel
    return np.vstack([start + steps * (end - start) for start, end in pairwise(line)])


def choose_axes(objectives: Sequence[Objective]) -> tuple[Objective, Objective]:
    """What goes across and what goes up: costs across, so that the best corner is the upper left one."""
    if len(objectives) == 1:
        return NUMBER, objectives[0]
    first, second = objectives[:2]
    return (first, second) if first in BEFOREHAND and second not in BEFOREHAND else (second, first)


def list_values(trials: Sequence[Trial], objective: Objective) -> list[float]:
    """Where trials stand along an axis; NaN where they have no value."""
    return [trial.number for trial in trials] if objective is NUMBER else collect_values(trials, objective)


def _set_ticks(axes: Axes, across: Objective, up: Objective) -> None:
    from matplotlib.ticker import MaxNLocator  # matplotlib: 1 s, only drawing wants it

    for axis, objective in ((axes.xaxis, across), (axes.yaxis, up)):
        if objective in COUNTED:
            count_ticks(axis)
        if objective is NUMBER:
            axis.set_major_locator(MaxNLocator(integer=True))


def _name_axis(objective: Objective) -> str:
    if objective is NUMBER:
        return "trial"
    better = ", higher is better" if objective.direction == MAXIMISE else ", lower is better"
    names = {
        "delta_mtl": "delta_mtl [% vs single-task]",
        "macs": "MACs of one image",
        "latency_ms": "latency of one image [ms]",
    }
    return names.get(objective.name, objective.label) + better


def count_ticks(axis: object) -> None:
    """Let an axis show counts with SI prefixes."""
    from matplotlib.ticker import EngFormatter  # matplotlib: as above

    axis.set_major_formatter(EngFormatter(sep=" "))  # type: ignore[attr-defined]  # an Axis; its class differs by side
