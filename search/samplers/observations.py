"""What is known of the trials so far: finished ones, and those that paused, whose values are told of the end.

A value at a rung says what the end will show once some trials have gone on from there: they tell how much a training
gains until then, and how far trials differ in that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from search.problem.objectives import Objective

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial


@dataclass(frozen=True)
class Observations:
    """Trials with a value for every objective.

    Args:
        trials: finished ones first.
        finished: how many of them are.
        values: (trials, m); those of the others are what their end is expected to show.
        doubts: (trials, m) standard deviations of these expectations; 0 for finished ones.
    """

    trials: tuple[FrozenTrial, ...]
    finished: int
    values: np.ndarray
    doubts: np.ndarray

    def choose(self, rows: Sequence[int]) -> Observations:
        """Those of some rows, in ascending order."""
        finished = sum(row < self.finished for row in rows)
        return Observations(
            tuple(self.trials[row] for row in rows), finished, self.values[list(rows)], self.doubts[list(rows)]
        )


def thin_out(known: Observations, most: int, always: Sequence[int]) -> Observations:
    """As many observations as a bound at most: some rows always, the latest ones, and others evenly over all time.

    Half of the room is for the latest, which a sampler has placed where it expects most: our choice.

    Args:
        known: all of them.
        most: how many are wanted.
        always: rows that are kept, such as the front's; of more than there is room for, evenly many.
    """
    count = len(known.trials)
    if count <= most:
        return known
    kept = set(_spread(sorted(always), most))
    left = [row for row in range(count) if row not in kept]
    room = most - len(kept)
    latest = left[len(left) - room // 2 :]
    others = _spread(left[: len(left) - room // 2], room - room // 2)
    return known.choose(sorted({*kept, *latest, *others}))


def _spread(rows: Sequence[int], most: int) -> list[int]:
    if len(rows) <= most:
        return list(rows)
    return [rows[place] for place in np.linspace(0, len(rows) - 1, most).round().astype(int)] if most else []


def collect_observations(history: Sequence[FrozenTrial], objectives: Sequence[Objective]) -> Observations:
    """All trials that tell something of what a whole training would show."""
    shown = {trial.number: _shown(trial, objectives) for trial in history}
    done = [trial for trial in history if trial.values]
    gains = _gains(shown)
    others, values, doubts = [], [list(trial.values) for trial in done], [[0.0] * len(objectives) for _ in done]
    for trial in history:
        rungs = shown[trial.number]
        if trial.values or not rungs or max(rungs) not in gains:
            continue
        mean, spread = gains[max(rungs)]
        others.append(trial)
        values.append(list(rungs[max(rungs)] + mean))
        doubts.append(list(spread))
    shape = (len(values), len(objectives))
    return Observations((*done, *others), len(done), np.reshape(values, shape), np.reshape(doubts, shape))


def _shown(trial: FrozenTrial, objectives: Sequence[Objective]) -> dict[float, np.ndarray]:
    """Values by epochs, those of the end under infinity."""
    rungs = trial.user_attrs.get("rungs", {})
    found = {float(epochs): np.array([each[o.name] for o in objectives], dtype=float) for epochs, each in rungs.items()}
    return {**found, np.inf: np.array(trial.values, dtype=float)} if trial.values else found


def _gains(shown: dict[int, dict[float, np.ndarray]]) -> dict[float, tuple[np.ndarray, np.ndarray]]:
    """Mean and standard deviation of what is gained from a rung to the end, by rung, where two trials tell it."""
    rungs = sorted({rung for each in shown.values() for rung in each})
    known: dict[float, tuple[np.ndarray, np.ndarray]] = {}
    for here, following in reversed(list(pairwise(rungs))):
        steps = [each[following] - each[here] for each in shown.values() if here in each and following in each]
        ahead = known.get(following, (0.0, 0.0) if following == np.inf else None)
        if len(steps) < 2 or ahead is None:
            continue
        mean, spread = np.mean(steps, axis=0), np.std(steps, axis=0, ddof=1)
        known[here] = (mean + ahead[0], np.sqrt(spread**2 + np.square(ahead[1])))
    return known
