"""What a search optimises: objectives by name, delta against single-task networks, and the reference point.

Between the trainer, which measures a trial, and study, front and report, which compare trials.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spaces.common.formatting import format_change, format_count, format_known, format_number, format_pair
from spaces.common.suggestions import suggest
from spaces.errors import ConfigError
from trainers.robustness.aims import explain_lacking, list_aims
from trainers.tasks.task import Task

MAXIMISE = "maximise"
MINIMISE = "minimise"


@dataclass(frozen=True)
class Objective:
    """A quantity to optimise.

    Args:
        name: "delta_mtl", "worst_delta", "macs", "params", "latency_ms", "<task>.<metric>" or a number of robustness,
            see `trainers.robustness.aims`.
        unit: unit for tables and axes; empty for a pure number.
        direction: "maximise" or "minimise".
    """

    name: str
    unit: str
    direction: str

    @property
    def label(self) -> str:
        """Name with unit, as axes and tables show it."""
        return f"{self.name} [{self.unit}]" if self.unit else self.name


DELTA_MTL = Objective("delta_mtl", "%", MAXIMISE)
WORST_DELTA = Objective("worst_delta", "%", MAXIMISE)
MACS = Objective("macs", "MACs", MINIMISE)
PARAMS = Objective("params", "parameters", MINIMISE)
LATENCY = Objective("latency_ms", "ms", MINIMISE)
COUNTED = (MACS, PARAMS)
BEFOREHAND = (*COUNTED, LATENCY)
"""Known of a pattern before it is trained: counted, or measured of its untrained network."""


def resolve_objectives(names: Sequence[str], tasks: Sequence[Task]) -> tuple[Objective, ...]:
    """The objectives that are meant, in the order named.

    Args:
        names: one or more of "delta_mtl", "worst_delta", "macs", "params", "latency_ms", "<task>.<metric>" and numbers
            of robustness.
        tasks: the tasks of the run.

    Raises:
        ConfigError: no name, an unknown or repeated one, or a delta without a main task.
    """
    known = list_objectives(tasks)
    usual = ", ".join(known)
    for aim in list_aims(tasks).values():
        known[aim.name] = Objective(aim.name, aim.unit, MAXIMISE if aim.higher_is_better else MINIMISE)
    problems = []
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        given = ", ".join(map(str, unknown)) or "nothing"
        lacking = [explain_lacking(str(name)) for name in unknown]
        hint = suggest(str(unknown[0]), known) if unknown and not lacking[0] else ""
        problems.append(
            f"objectives={given}: want one or more of {usual}, or a column of robustness.csv such as noise.delta_mtl, "
            f"attack.joint.delta_mtl, consistency.semantic{hint}" + "".join(f"; {each}" for each in lacking if each)
        )
    repeated = sorted({name for name in names if list(names).count(name) > 1})
    if repeated:
        problems.append(f"objectives={', '.join(names)}: {', '.join(repeated)} named more than once; name it once")
    deltas = [name for name in names if name in (DELTA_MTL.name, WORST_DELTA.name)]
    if deltas and not _main(tasks):
        problems.append(
            f"objectives={', '.join(deltas)}: needs a main task, but all of "
            f"{', '.join(task.name for task in tasks)} are auxiliary; "
            "give one of them role=main or name a task metric instead"
        )
    if problems:
        raise ConfigError(problems)
    return tuple(known[name] for name in names)


def list_objectives(tasks: Sequence[Task]) -> dict[str, Objective]:
    """Those that every search can have, by name: changes, costs, and the metrics of the tasks."""
    known = {objective.name: objective for objective in (DELTA_MTL, WORST_DELTA, *BEFOREHAND)}
    for task in tasks:
        for metric in task.table:
            direction = MAXIMISE if metric.higher_is_better else MINIMISE
            objective = Objective(f"{task.name}.{metric.name}", metric.unit, direction)
            known[objective.name] = objective
    return known


def collect_objectives(
    metrics: Mapping[str, float], macs: int, params: int, objectives: Sequence[Objective]
) -> dict[str, float]:
    """The value of each objective, by name.

    Args:
        metrics: final metrics of the trial, deltas and latency included.
        macs: multiply-accumulates of one image.
        params: parameters of the network.
        objectives: as `resolve` gave them.
    """
    known: dict[str, Any] = {**metrics, MACS.name: macs, PARAMS.name: params}
    return {objective.name: float(known[objective.name]) for objective in objectives}


def volume_units(objectives: Sequence[Objective]) -> str:
    """Unit of the hypervolume: the product of the objectives' units, such as "% x MACs"."""
    return " x ".join(objective.unit or objective.name for objective in objectives)


def _main(tasks: Sequence[Task]) -> list[Task]:
    return [task for task in tasks if task.main]


def format_guess(objective: Objective, value: float, sd: float) -> str:
    """A measured value or a best guess with its standard deviation, NaN where that is not known, without its unit."""
    change = objective.unit == "%"
    return format_pair(value, sd, 1 if change else 9, signed=change)


def format_spread(objective: Objective, value: float, spread: float) -> str:
    """A value with its standard deviation, where that is known, and its unit."""
    if not math.isfinite(spread) or spread <= 0:
        return format_value(objective, value)
    return f"{format_guess(objective, value, spread)} {objective.unit}".rstrip()


def format_interval(objective: Objective, mean: float, low: float, high: float) -> tuple[str, str, str]:
    """A mean and the ends of its interval without their unit, in no more digits than its half has.

    Args:
        objective: that they are of.
        mean: finite.
        low: lower end; NaN where there is none.
        high: upper end, likewise.
    """
    values, half, change = (mean, low, high), (high - low) / 2, objective.unit == "%"
    if not (math.isfinite(half) and half > 0) or (not change and max(map(abs, values)) >= 1e4):
        first, second, third = (format_value(objective, each).removesuffix(objective.unit).strip() for each in values)
    else:
        first, second, third = (format_known(each, half, 1 if change else 9, signed=change) for each in values)
    return first, second, third


def format_value(objective: Objective, value: float) -> str:
    """An objective's value with its unit; counts are told by the name or the column that they stand beside."""
    if not math.isfinite(value):
        return "-"
    if objective in COUNTED:
        return format_count(value)
    number = format_change(value) if objective.unit == "%" else format_number(value)
    return f"{number} {objective.unit}".rstrip()
