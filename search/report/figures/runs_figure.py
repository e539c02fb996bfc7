"""The figure of several searches: the front of all their trials, each run in its own look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from search.report.figures.front_panel import choose_axes, draw_frame, label_objective, list_values
from search.report.figures.palette import LIGHT
from search.report.figures.trial_points import Look, Place, draw_points
from search.study.fronts.front import FrontView

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INCHES = (9.0, 5.4)
# Told apart in grey too: Okabe and Ito's colours (2008) with a shape each.
LOOKS = (
    ("#0072b2", "o"),
    ("#d55e00", "s"),
    ("#009e73", "^"),
    ("#cc79a7", "D"),
    ("#e69f00", "v"),
    ("#56b4e9", "P"),
    ("#000000", "X"),
)
SIZES = {True: 7.5, False: 4.5}  # on the front and not


def draw_runs_figure(view: FrontView, numbers: Mapping[str, Sequence[int]]) -> Figure:
    """Draw the front of all runs; trials without a value are not shown.

    Args:
        view: of all trials.
        numbers: of the trials of each run, by its name.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # matplotlib: 1 s, only drawing wants it
    from matplotlib.figure import Figure

    figure = Figure(figsize=INCHES, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    across, up = choose_axes(view.objectives)
    points = zip(list_values(view.trials, across), list_values(view.trials, up), strict=True)
    at = {trial.number: point for trial, point in zip(view.trials, points, strict=True) if np.isfinite(point).all()}
    places: dict[int, Place] = {}
    for turn, (name, some) in enumerate(numbers.items()):
        colour, marker = LOOKS[turn % len(LOOKS)]
        for on_front in (False, True):
            look = Look(name if on_front else "_", colour, marker, SIZES[on_front], 3 + on_front)
            chosen = {number: at[number] for number in some if number in at and (number in view.members) is on_front}
            places |= draw_points(axes, look, chosen, axes.transData)
        axes.plot([], [], color=colour, marker=marker, linestyle="", label=f"{name}, {len(some)} trials")
    draw_frame(axes, view, across, up)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color=LIGHT, linewidth=0.6)
    axes.set_axisbelow(True)
    handles, labels = axes.get_legend_handles_labels()
    entries = [(handle, label) for handle, label in zip(handles, labels, strict=True) if label not in numbers]
    figure.legend(*zip(*entries, strict=True), loc="outside lower left", ncols=3, fontsize=8, frameon=False)
    if engine := figure.get_layout_engine():
        engine.execute(figure)
    figure.set_layout_engine("none")
    # Every trial has a mark, which says its run; rings around all would say nothing.
    label_objective(axes, replace(view, marks={}), places, {trial.number: trial.key for trial in view.trials})
    return figure
