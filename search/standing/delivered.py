"""What a run hands over, read from its files: networks that were trained to the end, and what fresh seeds confirmed."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from search.components.components import build_component
from search.confirming.confirmation import CSV
from search.problem.objectives import BEFOREHAND, DELTA_MTL, WORST_DELTA, Objective, resolve_objectives
from search.study.fronts.final_files import Final, choose_delivered, choose_ended, load_finals
from spaces.errors import DataError, UserError

KNOWN = {each.name: each for each in (DELTA_MTL, WORST_DELTA, *BEFOREHAND)}
Confirmed = tuple[float, float, float]  # a mean over fresh seeds with the ends of its interval, NaN of one seed


def read_finals(path: Path, problems: list[str]) -> tuple[Final, ...]:
    """Trainings to the end of a run that have ended; none where one is damaged, which is told."""
    try:
        return tuple(load_finals(path))
    except DataError as error:
        problems.append(str(error))
        return ()


def list_delivered(finals: Sequence[Final], config: Mapping[str, Any]) -> tuple[Mapping[str, float], ...]:
    """The front of networks that were trained to the end, cheapest first: "number", and objectives by name.

    All of these networks where the run's objectives are of tasks that are not at hand.

    Args:
        finals: that have ended.
        config: of the run.
    """
    names = tuple(map(str, config.get("objectives") or ()))
    objectives = _resolve(names, config) if finals else ()
    chosen = choose_delivered(finals, objectives) if objectives else choose_ended(finals).values()
    members = [final.trial for final in chosen]
    if not objectives:
        members.sort(key=lambda trial: (trial.macs, trial.number))
    return tuple(
        {"number": each.number, **{name: each.objectives.get(name, math.nan) for name in names}} for each in members
    )


def _resolve(names: Sequence[str], config: Mapping[str, Any]) -> tuple[Objective, ...]:
    """None where they cannot be told."""
    if all(name in KNOWN for name in names):
        return tuple(KNOWN[name] for name in names)
    try:
        tasks = [build_component(spec, f"tasks.{place}") for place, spec in enumerate(config.get("tasks") or ())]
        return resolve_objectives(names, tasks)
    except UserError:
        return ()


def read_confirmed(
    path: Path, networks: Sequence[Mapping[str, float]], names: Sequence[str], problems: list[str]
) -> dict[int, dict[str, Confirmed]]:
    """What fresh seeds show on the test split, by number of the trial and name of an objective.

    Args:
        path: of the run.
        networks: as they are now: what was confirmed of other trainings of theirs is left out.
        names: of the objectives.
        problems: to which a damaged file is added.
    """
    now = {int(each["number"]): each for each in networks}
    try:
        with open(path / CSV, encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if int(row["number"]) in now]
        told = [name for name in names if rows and f"{name}.search" in rows[0]]
        return {
            int(row["number"]): {name: _read_interval(row, name) for name in told}
            for row in rows
            if all(_is_same(row[f"{name}.search"], now[int(row["number"])].get(name, math.nan)) for name in told)
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        problems.append(f"{path / CSV} cannot be read ({error}); the command of the search writes it anew")
        return {}


def _read_interval(row: Mapping[str, str], name: str) -> Confirmed:
    mean, low, high = (float(row[column] or "nan") for column in (name, f"{name}.low", f"{name}.high"))
    return mean, low, high


def _is_same(cell: str, value: float) -> bool:
    """Whether a cell of a table has a value, where what is not known equals itself."""
    told = float(cell or "nan")
    return told == value or (math.isnan(told) and math.isnan(value))
