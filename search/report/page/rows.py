"""What the page knows of each trial, as values of JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from search.jobs.trial import Trial
from search.jobs.trial_columns import read_columns, read_shown_columns
from search.problem.objectives import BEFOREHAND
from search.report.page.shown_values import choose_shown
from search.study.fronts.front import FrontView
from search.study.fronts.guess_columns import tabulate_guesses
from spaces.drawing.svg import draw_svg

NO_FILES: Mapping[int, str] = MappingProxyType({})
POINTS = 50  # of a curve that are shown, at most: our choice


def list_trials(view: FrontView, kept: Mapping[int, str] = NO_FILES) -> list[dict[str, Any]]:
    """All that the page knows of each trial, in order of number.

    Args:
        view: of the search; the curves of its single-task networks' metrics are shown.
        kept: files of weights in the run folder, by number.
    """
    beside = tabulate_guesses(view.trials, view.objectives, view.foretold)
    names = [f"{each.task}.{each.metric}" for each in view.singles]
    return [
        {
            **read_columns(trial, ("number", "key")),
            "status": find_status(trial, view),
            "mark": view.marked.get(trial.number, ""),
            "objectives": dict(trial.objectives),
            **read_columns(trial, ("macs", "flops", "params", "sharing")),
            "metrics": {
                **_tell_confirmed(trial, view),
                **{name: value for name, value in beside[trial.number].items() if value != ""},
                **trial.metrics,
            },
            **read_shown_columns(trial, ("seconds", "epochs")),
            "hypervolume": float(volume),
            **read_columns(trial, ("reason",)),
            "shown": {name: [each.value, each.spread, each.basis] for name, each in choose_shown(view, trial).items()},
            "spreads": _list_spreads(trial, view.spreads),
            "confirmed": _list_confirmed(trial, view),
            "curves": _list_curves(trial, names),
            "end": _tell_end(view.trained.get(trial.number), view, names),
            "weights": kept.get(trial.number, ""),
        }
        for trial, volume in zip(view.trials, view.volumes, strict=True)
    ]


def _list_spreads(trial: Trial, spreads: Mapping[int, Mapping[str, float]]) -> dict[str, float]:
    """Standard deviations of what its training has told, to three digits."""
    told = {*trial.metrics, *trial.objectives}
    return {name: float(f"{spread:.3g}") for name, spread in spreads[trial.number].items() if name in told}


def _list_curves(trial: Trial, names: Iterable[str]) -> dict[str, list[list[float]]]:
    return {name: thin(trial.curves[name]) for name in names if trial.curves.get(name)}


def _list_confirmed(trial: Trial, view: FrontView) -> dict[str, list[float]]:
    """Means over fresh seeds of the tasks' deltas, with half of their 95 % intervals."""
    told = view.confirmed.get(trial.number, {})
    known = {name: told[name] for name in (f"{each.task}.delta" for each in view.singles) if name in told}
    return {name: [each.mean, (each.high - each.low) / 2] for name, each in known.items() if math.isfinite(each.mean)}


def thin(values: list[float]) -> list[list[float]]:
    """Epochs and values of a curve, its ends among them, to four digits."""
    step = max(1, math.ceil(len(values) / POINTS))
    rows = sorted({*range(0, len(values), step), len(values) - 1})
    return [[row + 1, float(f"{values[row]:.4g}")] for row in rows if math.isfinite(values[row])]


def _tell_end(final: Trial | None, view: FrontView, names: Iterable[str]) -> dict[str, Any] | None:
    """What a training to the end came to, in the words that a trial is told in; None where there was none."""
    if final is None:
        return None
    told = {each.name: final.objectives[each.name] for each in view.objectives if each not in BEFOREHAND}
    return {
        "metrics": {**told, **final.metrics},
        "spreads": _list_spreads(final, view.final_spreads),
        "curves": _list_curves(final, names),
        "epochs": final.epochs,
    }


def _tell_confirmed(trial: Trial, view: FrontView) -> dict[str, float]:
    """What fresh seeds have shown on the test split, under names of its own."""
    told: dict[str, float] = {}
    for objective in view.objectives:
        if objective not in BEFOREHAND and (each := view.confirmed.get(trial.number, {}).get(objective.name)):
            ends = {f"{objective.name}.low": each.low, f"{objective.name}.high": each.high}
            told |= {f"{objective.name}.confirmed": each.mean, **{n: v for n, v in ends.items() if math.isfinite(v)}}
    return told


def find_status(trial: Trial, view: FrontView) -> str:
    """How it ended, of a complete one whether it is on the front."""
    if trial.number in view.members:
        return "front"
    return "dominated" if trial.complete else trial.status


def draw_pictures(trials: Iterable[Trial]) -> dict[str, Any]:
    """Drawings of patterns by trials' keys, as positions in one list of lines: they differ in few, if in many ways."""
    lines: dict[str, int] = {}
    drawn: dict[str, list[int]] = {}
    for trial in trials:
        if trial.key not in drawn:
            drawn[trial.key] = [lines.setdefault(line, len(lines)) for line in draw_svg(trial.pattern).splitlines()]
    return {"lines": list(lines), "drawn": drawn}
