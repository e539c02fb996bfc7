"""The networks of a run that can be picked, with the values that are believed of them, and where these are from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from search.jobs.trial import Trial
from search.problem.objectives import Objective, resolve_objectives
from search.results.results import Results
from search.study.fronts.best_guess import guess_objectives
from spaces.errors import DataError

TRAINED, GUESSED, SINGLE = "final trainings", "best guesses over all trials", "single trainings"


@dataclass(frozen=True)
class Candidates:
    """Networks with weights, by number.

    Args:
        values: by column.
        deviations: standard deviations of best guesses, by number and objective.
        source: what the values of objectives are: of final trainings, best guesses or single trainings.
        objectives: of the search.
    """

    values: Mapping[int, Mapping[str, float]]
    deviations: Mapping[int, Mapping[str, float]]
    source: str
    objectives: tuple[Objective, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all values, objectives first."""
        return tuple(dict.fromkeys(name for row in self.values.values() for name in row))


def find_candidates(run: Results) -> Candidates:
    """What a run has delivered, where its weights are kept.

    Raises:
        DataError: nothing yet, or no weights.
    """
    delivered = run.delivered
    kept = set(run.kept)
    members = [trial for trial in delivered if trial.number in kept]
    if not members:
        raise DataError(
            f"{run.path} keeps no weights of what it has delivered; restore its folder front/ from a copy, or search "
            "again with another run.name"
        )
    objectives = resolve_objectives(run.config["objectives"], run.tasks)
    if len(run.finals):
        return Candidates({each.number: _read(each) for each in members}, {}, TRAINED, objectives)
    guesses = guess_objectives(run.ended, objectives)
    values, deviations = {}, {}
    for trial in members:
        told = guesses.get(trial.number, {})
        values[trial.number] = {**_read(trial), **{name: guess.value for name, guess in told.items()}}
        deviations[trial.number] = {name: guess.sd for name, guess in told.items()}
    return Candidates(values, deviations, GUESSED if guesses else SINGLE, objectives)


def _read(trial: Trial) -> dict[str, float]:
    numbers = {"macs": float(trial.macs), "params": float(trial.params), **trial.metrics}
    ordered = {**trial.objectives, **numbers}
    return {name: float(value) for name, value in ordered.items() if not math.isinf(value)}
