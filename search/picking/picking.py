"""From conditions to a network of a run, and to words about it."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from search.config.command import spell_command
from search.picking.candidates import Candidates, Ends, find_candidates
from search.picking.choose import Aim, Pick, choose_knee, choose_network
from search.picking.conditions import find_column, parse_condition
from search.problem.objectives import BEFOREHAND, COUNTED, MAXIMISE, Objective, format_value
from search.results.results import Results
from spaces.drawing.text import draw_text


@dataclass(frozen=True)
class Picked:
    """A network, and what it was picked from and for.

    Args:
        pick: which.
        candidates: from which.
        aims: what was best.
    """

    pick: Pick
    candidates: Candidates
    aims: tuple[Aim, ...]


def pick_network(run: Results, conditions: Sequence[str], aim: str | None, *, largest: bool, knee: bool) -> Picked:
    """Pick from what a run has delivered.

    Args:
        run: finished, or still searching.
        conditions: such as "macs<=4e8".
        aim: column that is to be best; None for the first objective that is no cost.
        largest: whether its largest value is best.
        knee: whether every objective counts alike instead; conditions are met first all the same.

    Raises:
        ConfigError: a condition that does not parse, or a name of no column.
        DataError: nothing is delivered yet, or no weights are kept.
    """
    candidates = find_candidates(run)
    parsed = [parse_condition(each, candidates.columns) for each in conditions]
    if knee:
        aims = tuple(Aim(each.name, each.direction == MAXIMISE) for each in candidates.objectives)
        fitting = {
            number: values
            for number, values in candidates.values.items()
            if all(each.holds(values.get(each.name, math.nan)) for each in parsed)
        }
        pick = choose_knee(fitting, aims) if fitting else choose_network(candidates.values, parsed, aims[0])
        return Picked(pick, candidates, aims)
    best = _choose_aim(candidates, aim, largest=largest)
    return Picked(choose_network(candidates.values, parsed, best), candidates, (best,))


def describe_pick(run: Results, picked: Picked) -> str:
    """Which, why, its numbers with intervals, its drawing, its weights, and what to do next."""
    pick, candidates = picked.pick, picked.candidates
    number, values = pick.number, candidates.values[pick.number]
    many = len(candidates.values)
    wanted = " and ".join(("largest " if aim.largest else "smallest ") + aim.name for aim in picked.aims)
    if pick.fitting:
        head = f"Trial {number}: of {many} delivered networks {pick.fitting} fit, and of these it is best by {wanted}."
    else:
        missed = ", ".join(f"{condition} by {miss:.4g}" for condition, miss in pick.misses)
        head = f"No delivered network of {many} fits. Nearest is trial {number}, which misses {missed}."
    intervals = candidates.intervals.get(number, {})
    known = {objective.name: objective for objective in candidates.objectives}
    lines = [
        f"{name} {_write(known.get(name), name, value, intervals.get(name))}"
        for name, value in values.items()
        if math.isfinite(value)
    ]
    trial = run.trained(number)
    return "\n".join(
        [
            head,
            candidates.source,
            "",
            *(f"  {line}" for line in lines),
            "",
            draw_text(trial.pattern),
            "",
            f"Weights  {run.weights(number)}",
            f"Next     {spell_command('search.export', f'{shlex.quote(str(run.path))} {number}', anywhere=True)}",
        ]
    )


def _choose_aim(candidates: Candidates, name: str | None, *, largest: bool) -> Aim:
    if name is not None:
        return Aim(find_column(name, candidates.columns, f"--{'maximize' if largest else 'minimize'}"), largest)
    worth = [each for each in candidates.objectives if each not in BEFOREHAND]
    first = (worth or list(candidates.objectives))[0]
    return Aim(first.name, first.direction == MAXIMISE)


def _write(objective: Objective | None, name: str, value: float, ends: Ends | None) -> str:
    if objective is not None:
        text = format_value(objective, value)
    else:
        counted = next((each for each in COUNTED if each.name == name), None)
        text = format_value(counted, value) if counted else f"{value:.4g}"
    return text if ends is None else f"{text} (95 %: {ends[0]:.4g} to {ends[1]:.4g})"
