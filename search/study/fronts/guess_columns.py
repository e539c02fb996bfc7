"""Columns beside what was measured: best guesses with their deviations, a supernet's estimates, the raw front."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from search.jobs.trial import Trial
from search.problem.objectives import BEFOREHAND, Objective
from search.study.fronts.best_guess import Guesses
from search.study.fronts.front import find_front

Extra = Mapping[int, Mapping[str, Any]]
"""Values by number of trial and column."""


def tabulate_guesses(trials: Sequence[Trial], objectives: Sequence[Objective], guesses: Guesses) -> Extra:
    """Further columns by number of trial: guesses with their deviations, a supernet's estimates, the raw front."""
    raw = {trial.number for trial in find_front(trials, objectives)}
    rows: dict[int, dict[str, Any]] = {}
    for trial in trials:
        row = rows.setdefault(trial.number, {})
        for name, guess in guesses.get(trial.number, {}).items():
            row |= {f"{name}.guess": guess.value, f"{name}.sd": guess.sd}
        told = {o.name for o in objectives} - {cost.name for cost in BEFOREHAND}
        row |= {f"{name}.estimate": value for name, value in trial.estimates.items() if name in told}
        if guesses:
            row["raw_front"] = "yes" if trial.number in raw else ""
    return rows
