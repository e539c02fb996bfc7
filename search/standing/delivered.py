"""What a run hands over, read from its files: networks that were trained to the end, and what fresh seeds confirmed."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.components.components import build_component
from search.confirming.confirmation import CSV
from search.problem.objectives import BEFOREHAND, DELTA_MTL, WORST_DELTA, Objective, resolve_objectives
from search.study.fronts.final_files import Final, choose_delivered, choose_ended, load_finals
from search.study.fronts.single_tasks import estimate_spreads
from search.study.kept_single_tasks import read_single_tasks
from spaces.errors import DataError, UserError

if TYPE_CHECKING:
    from trainers.tasks.task import Task

KNOWN = {each.name: each for each in (DELTA_MTL, WORST_DELTA, *BEFOREHAND)}
Scatter = Callable[[Mapping[str, float]], Mapping[str, float]]  # of a training's metrics, by name
Confirmed = tuple[float, float, float]  # a mean over fresh seeds with the ends of its interval, NaN of one seed


def read_finals(path: Path, problems: list[str]) -> tuple[Final, ...]:
    """Trainings to the end of a run that have ended; none where one is damaged, which is told."""
    try:
        return tuple(load_finals(path))
    except DataError as error:
        problems.append(str(error))
        return ()


def read_scatter(folder: Path, config: Mapping[str, Any]) -> Scatter:
    """How the numbers of one training scatter, as far as a run's single-task networks tell."""
    return partial(estimate_spreads, read_single_tasks(folder, _build_tasks(config)))


def read_front(
    path: Path, names: Sequence[str], scatter: Scatter, problems: list[str]
) -> tuple[Mapping[str, float], ...]:
    """The front of trials: "number", and objectives by name with "NAME.guess" and "NAME.sd" where they are known.

    Args:
        path: of front.csv; without it there is none.
        names: of the run's objectives.
        scatter: tells the standard deviation of what has no best guess.
        problems: takes a damage.
    """
    try:
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return tuple({"number": int(row["number"]), **_read_numbers(row, names, scatter)} for row in rows)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        problems.append(f"{path} cannot be read ({error}); the command of the search writes it anew")
        return ()


def _read_numbers(row: Mapping[str, str], names: Sequence[str], scatter: Scatter) -> dict[str, float]:
    values = {name: float(row[name] or "nan") for name in names}
    guessed = {column: row.get(column) for name in names for column in (f"{name}.guess", f"{name}.sd")}
    known = {column: float(text) for column, text in guessed.items() if text}
    deltas = {name: float(text) for name, text in row.items() if name.endswith(".delta") and text}
    one = {f"{name}.sd": sd for name, sd in scatter(deltas).items() if name in names and f"{name}.guess" not in known}
    return values | one | known


def list_delivered(
    finals: Sequence[Final], config: Mapping[str, Any], scatter: Scatter
) -> tuple[Mapping[str, float], ...]:
    """The front of networks that were trained to the end, cheapest first: as `read_front` has them.

    All of these networks where the run's objectives are of tasks that are not at hand.

    Args:
        finals: that have ended.
        config: of the run.
        scatter: tells the standard deviations.
    """
    names = tuple(map(str, config.get("objectives") or ()))
    objectives = _resolve(names, config) if finals else ()
    chosen = choose_delivered(finals, objectives) if objectives else choose_ended(finals).values()
    members = [final.trial for final in chosen]
    if not objectives:
        members.sort(key=lambda trial: (trial.macs, trial.number))
    return tuple(
        {
            "number": each.number,
            **{name: each.objectives.get(name, math.nan) for name in names},
            **{f"{name}.sd": sd for name, sd in scatter(each.metrics).items() if name in names},
        }
        for each in members
    )


def _resolve(names: Sequence[str], config: Mapping[str, Any]) -> tuple[Objective, ...]:
    """None where they cannot be told."""
    if all(name in KNOWN for name in names):
        return tuple(KNOWN[name] for name in names)
    try:
        return resolve_objectives(names, _build_tasks(config))
    except UserError:
        return ()


def _build_tasks(config: Mapping[str, Any]) -> list[Task]:
    """Those that are at hand: none where one is not."""
    try:
        return [build_component(spec, f"tasks.{place}") for place, spec in enumerate(config.get("tasks") or ())]
    except UserError:
        return []


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
