"""The winner's curse: by how much a search flatters its networks, and what of that is due to what."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from search.problem.deltas import compute_delta
from search.problem.objectives import MAXIMISE, Objective
from spaces.errors import DataError
from trainers.tasks.task import Task

Values = Mapping[str, float]
ENOUGH = 3  # networks for a standard error: our choice


@dataclass(frozen=True)
class Curse:
    """On average over networks, in the unit of the search's first measured objective; NaN where not known.

    The three parts add up to the total. Networks of one run share their single-task networks, so what these do is no
    property of a network that was chosen, and the standard error, over networks, holds nothing of it.

    Args:
        objective: that one.
        total: the search's values less the means on the test split, positive where these are worse.
        references: what the search's single-task networks did: its values less the same metrics against fresh ones.
        chosen: for having been chosen: these less the same networks' with fresh seeds, all on the validation split and
            against the same fresh single-task networks.
        error: standard error of ``chosen`` over networks.
        split: those less the means on the test split; it may be negative.
        guessed: as `total`, of the search's best guesses; NaN where there were none.
    """

    objective: Objective
    total: float
    references: float
    chosen: float
    error: float
    split: float
    guessed: float


def measure_curse(
    objective: Objective,
    searched: Sequence[float],
    related: Sequence[float],
    again: Sequence[float],
    tested: Sequence[float],
    guessed: Sequence[float],
) -> Curse:
    """The curse on n networks; a part is averaged over those of which all parts are known.

    Args:
        objective: that values are of.
        searched: (n,) as the search told them.
        related: (n,) the search's metrics against fresh single-task networks, on the validation split.
        again: (n,) means of fresh seeds there, against the same.
        tested: (n,) means of fresh seeds on the test split.
        guessed: (n,) the search's best guesses.
    """
    sign = 1.0 if objective.direction == MAXIMISE else -1.0
    values, best = sign * np.array([searched, related, again, tested]), sign * np.array(guessed)
    whole = values[:, np.isfinite(values).all(axis=0)]
    references, chosen, split = whole[:-1] - whole[1:]
    error = float(np.std(chosen, ddof=1) / math.sqrt(len(chosen))) if len(chosen) >= ENOUGH else math.nan
    return Curse(
        objective,
        _average(values[0] - values[3]),
        _average(references),
        _average(chosen),
        error,
        _average(split),
        _average(best - values[3]),
    )


def relate(metrics: Values, single: Values, tasks: Sequence[Task]) -> dict[str, float]:
    """Deltas of a network against single-task networks; none where metrics lack or nothing can be related.

    Args:
        metrics: "<task>.<metric>" -> value of the network.
        single: the same of single-task networks on the same split.
        tasks: of the run.
    """
    names = {task.name: f"{task.name}.{task.headline}" for task in tasks}
    if not all(name in metrics and name in single for name in names.values()):
        return {}
    whole = {name: value for name, value in single.items() if name in metrics}
    try:
        return compute_delta(metrics, {task: single[name] for task, name in names.items()}, tasks, whole)
    except DataError:  # a single-task value of 0
        return {}


def _average(gaps: np.ndarray) -> float:
    known = gaps[np.isfinite(gaps)]
    return float(known.mean()) if len(known) else math.nan
