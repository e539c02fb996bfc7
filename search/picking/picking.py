"""From conditions to a network of a run, and to words about it."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search.config.command import spell_command
from search.picking.candidates import Candidates, Ends, explain_apart, find_pools
from search.picking.choose import Aim, Pick, choose_knee, choose_network
from search.picking.conditions import Condition, find_column, parse_condition
from search.problem.objectives import (
    BEFOREHAND,
    MAXIMISE,
    Objective,
    format_interval,
    format_spread,
    format_value,
    list_objectives,
)
from search.results.results import Results
from spaces.common.terminal import lay_out
from spaces.drawing.text import draw_text


@dataclass(frozen=True)
class Picked:
    """A network, and what it was picked from and for.

    Args:
        pick: which.
        candidates: from which.
        why: what it is of those that fit, such as "best by largest delta_mtl".
    """

    pick: Pick
    candidates: Candidates
    why: str


def pick_network(run: Results, conditions: Sequence[str], aim: str | None, *, largest: bool, knee: bool) -> Picked:
    """Pick from what a run has delivered: by the best evidence by which something fits, else what is nearest.

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
    pools = find_pools(run)
    objectives, columns = pools[0].objectives, list(dict.fromkeys(name for pool in pools for name in pool.columns))
    parsed = [parse_condition(each, columns) for each in conditions]
    if knee:
        aims = tuple(Aim(each.name, each.direction == MAXIMISE) for each in objectives)
    else:
        aims = (_choose_aim(objectives, columns, aim, largest=largest),)
    for pool in pools:
        fitting = {
            number: values
            for number, values in pool.values.items()
            if all(each.holds(values.get(each.name, math.nan)) for each in parsed)
        }
        if fitting and all(each.name in pool.columns for each in aims):
            break
    pick = choose_knee(fitting, aims) if knee and fitting else choose_network(pool.values, parsed, aims[0])
    asked = dict.fromkeys([*(each.name for each in parsed), *(each.name for each in aims)])
    lacking = [name for name in asked if name not in pools[0].columns]
    return Picked(pick, explain_apart(pool, lacking), _say_why(aims, knee=knee))


def _say_why(aims: Sequence[Aim], *, knee: bool) -> str:
    if not knee:
        return f"best by {'largest' if aims[0].largest else 'smallest'} {aims[0].name}"
    gains = [f"largest {aim.name}" for aim in aims if aim.largest]
    near = f"nearest to the best of {' and '.join(aim.name for aim in aims)} together"
    return near + (f" (of equally near ones that of {' and '.join(gains)})" if gains else "")


def describe_pick(run: Results, picked: Picked) -> str:
    """Which, why, its numbers with intervals, its drawing, its weights, and what to do next."""
    pick, candidates = picked.pick, picked.candidates
    number, values = pick.number, candidates.values[pick.number]
    many = len(candidates.values)
    known = {each.name: each for each in candidates.objectives} | list_objectives(run.tasks)
    if pick.fitting:
        head = f"Trial {number}: of {many} delivered networks {pick.fitting} fit, and of these it is {picked.why}."
    else:
        missed = ", ".join(_say_miss(known, condition, miss) for condition, miss in pick.misses)
        head = f"No delivered network of {many} fits. Nearest is trial {number}, which misses {missed}."
    intervals, spreads = candidates.intervals.get(number, {}), candidates.spreads.get(number, {})
    lines = [
        f"{name} {_write(_find(known, name), value, intervals.get(name), spreads.get(name, math.nan))}"
        for name, value in values.items()
        if math.isfinite(value)
    ]
    trial = run.trained(number)
    return "\n".join(
        [
            lay_out(head),
            # Commands below a sentence are left whole, to be copied.
            *(line if line.startswith("  ") else lay_out(line) for line in candidates.source.splitlines()),
            "",
            *(f"  {line}" for line in lines),
            "",
            draw_text(trial.pattern),
            "",
            f"Weights  {run.weights(number)}",
            f"Next     {spell_command('search.export', f'{shlex.quote(str(run.path))} {number}', anywhere=True)}",
        ]
    )


def _choose_aim(objectives: Sequence[Objective], columns: Sequence[str], name: str | None, *, largest: bool) -> Aim:
    if name is not None:
        return Aim(find_column(name, columns, f"--{'maximize' if largest else 'minimize'}"), largest)
    worth = [each for each in objectives if each not in BEFOREHAND]
    first = (worth or list(objectives))[0]
    return Aim(first.name, first.direction == MAXIMISE)


def _find(known: Mapping[str, Objective], name: str) -> Objective:
    """A column with its unit; whether it is to be large does not count here."""
    change = name.rpartition(".")[2].startswith("delta")
    return known.get(name) or Objective(name, "%" if change else "", MAXIMISE)


def _say_miss(known: Mapping[str, Objective], condition: Condition, miss: float) -> str:
    if math.isinf(miss):
        return f"{condition}, of which it has no value"
    column = _find(known, condition.name)
    # However little it is: "by 0.0 %" would say nothing.
    by = f"{miss:.2g} %" if column.unit == "%" else format_value(column, miss)
    return f"{condition} by {by}"


def _write(objective: Objective, value: float, ends: Ends | None, spread: float) -> str:
    if ends is None:
        return format_spread(objective, value, spread)
    mean, low, high = format_interval(objective, value, *ends)
    return f"{f'{mean} {objective.unit}'.rstrip()} (95 %: {low} to {high})"
