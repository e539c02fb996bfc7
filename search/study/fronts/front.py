"""The Pareto front of trials, and a search's front and hypervolume as figure and page of the report show them.

One view, made by the report and read by `search.report.figures.front_figure` and `search.report.page`, so that both say
the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from search.jobs.trial import Trial
from search.problem import pareto
from search.problem.growing_volume import GrowingVolume
from search.problem.objectives import Objective
from search.study.fronts.best_guess import NO_GUESSES, Guesses
from search.study.fronts.single_tasks import (
    SingleTask,
    count_separate,
    estimate_errors,
    estimate_spreads,
    widen_guesses,
)


@dataclass(frozen=True)
class Estimate:
    """A mean over fresh seeds with its 95 % interval.

    Args:
        mean: over the seeds.
        low: lower end, which may be NaN.
        high: upper end, likewise.
        seeds: how many; 0 where that is not told.
    """

    mean: float
    low: float
    high: float
    seeds: int = 0


Estimates = Mapping[int, Mapping[str, Estimate]]
"""By number of trial and name of an objective, a metric or a task's delta."""


@dataclass(frozen=True)
class FrontView:
    """Finished trials, and what was wanted of them.

    Args:
        trials: all, in order of number.
        front: those on the Pareto front, cheapest first.
        objectives: what was optimised.
        reference: reference point of the hypervolume, one value an objective.
        marks: words by key of a pattern that people look for, such as "all fused".
        guesses: best guesses of what was measured; empty where there are none, and measured values stand.
        finals: trials that were trained to the end and are delivered, with what that came to.
        ended: those and all others that were trained to the end.
        confirmed: what networks show on the test split with fresh seeds; empty where none were confirmed.
        attained: corners, in the objectives, of what a percentage of these seeds reach; empty where not known.
        singles: single-task networks that deltas are measured from; empty where they are not known.
    """

    trials: Sequence[Trial]
    front: Sequence[Trial]
    objectives: Sequence[Objective]
    reference: Sequence[float]
    marks: Mapping[str, str]
    guesses: Guesses = field(default_factory=dict)
    finals: Sequence[Trial] = ()
    ended: Sequence[Trial] = ()
    confirmed: Estimates = field(default_factory=dict)
    attained: Mapping[int, np.ndarray] = field(default_factory=dict)
    singles: Sequence[SingleTask] = ()

    @cached_property
    def volumes(self) -> np.ndarray:
        """Hypervolume after each trial, (trials,)."""
        volume = start_volume(self.objectives, self.reference)
        return np.array([volume.add(read_objectives(trial, self.objectives)) for trial in self.trials], dtype=float)

    @cached_property
    def error(self) -> float:
        """Standard error of the 0 that delta_mtl is measured from, in percent; NaN where it is not known."""
        return estimate_errors(self.singles, {}).get("delta_mtl", math.nan)

    @cached_property
    def separate(self) -> int:
        """Multiply-accumulates of single-task networks together; 0 where they are not known."""
        return count_separate(self.singles, len(self.trials[0].pattern.tasks)) if self.trials else 0

    @cached_property
    def spreads(self) -> dict[int, dict[str, float]]:
        """Standard deviations of what each trial's one training shows, by number and name; those that are known."""
        return {trial.number: estimate_spreads(self.singles, trial.metrics) for trial in self.trials}

    @cached_property
    def trained(self) -> dict[int, Trial]:
        """What trainings to the end came to, by number: it stands for the network, whose weights are of that end."""
        return {trial.number: trial for trial in (*self.ended, *self.finals)}

    @cached_property
    def final_spreads(self) -> dict[int, dict[str, float]]:
        """Standard deviations of what they show."""
        return {number: estimate_spreads(self.singles, trial.metrics) for number, trial in self.trained.items()}

    @cached_property
    def foretold(self) -> Guesses:
        """Best guesses with the error of what deltas are measured from."""
        return widen_guesses(self.guesses, self.trials, self.singles)

    def read_believed(self, trial: Trial, names: Iterable[str]) -> list[float]:
        """The values by which a complete trial is on the front or not."""
        return guess_values(trial, names, self.guesses)

    @cached_property
    def members(self) -> frozenset[int]:
        """Numbers of the front's trials."""
        return frozenset(trial.number for trial in self.front)

    @cached_property
    def marked(self) -> dict[int, str]:
        """Words by number of trial: of each marked pattern one trial, on the front or complete where there is one."""
        best: dict[str, Trial] = {}
        for trial in sorted(self.trials, key=lambda trial: (trial.number not in self.members, not trial.complete)):
            best.setdefault(trial.key, trial)
        return {trial.number: self.marks[key] for key, trial in best.items() if key in self.marks}


def collect_values(trials: Sequence[Trial], objective: Objective) -> list[float]:
    """An objective's value of each trial; NaN for one that failed."""
    return [value for trial in trials for value in read_objectives(trial, [objective])]


def read_objectives(trial: Trial, objectives: Sequence[Objective]) -> list[float]:
    """A trial's value of each objective; NaN if it failed."""
    return [trial.objectives.get(each.name, math.nan) if trial.complete else math.nan for each in objectives]


def start_volume(objectives: Sequence[Objective], reference: Sequence[float]) -> GrowingVolume:
    """The hypervolume before the first trial, to which `read_objectives` of each are added."""
    return GrowingVolume(reference, [objective.direction for objective in objectives])


def compute_volume(trials: Iterable[Trial], objectives: Sequence[Objective], reference: Sequence[float]) -> float:
    """Hypervolume of trials' measured values."""
    values = np.array([read_objectives(trial, objectives) for trial in trials])
    return pareto.compute_hypervolume(values, reference, [objective.direction for objective in objectives])


def find_front(
    trials: Iterable[Trial], objectives: Sequence[Objective], guesses: Guesses = NO_GUESSES
) -> tuple[Trial, ...]:
    """The complete trials that no other one dominates, cheapest first, each key once.

    Args:
        trials: any.
        objectives: that count.
        guesses: best guesses, which then count in place of the single measurements; none for the raw front.
    """
    names = [objective.name for objective in objectives]
    sound = [
        trial
        for trial in sorted(trials, key=lambda trial: trial.number)
        if trial.complete and all(math.isfinite(trial.objectives.get(name, math.nan)) for name in names)
    ]
    values = np.array([guess_values(trial, names, guesses) for trial in sound], dtype=float)
    best = pareto.mark_front(values, [objective.direction for objective in objectives])
    distinct: dict[str, Trial] = {}
    for row in best:
        distinct.setdefault(sound[row].key, sound[row])
    return tuple(sorted(distinct.values(), key=lambda trial: (trial.macs, trial.number)))


def guess_values(trial: Trial, names: Iterable[str], guesses: Guesses) -> list[float]:
    """A complete trial's objectives by name: best guesses where there are some."""
    known = guesses.get(trial.number, {})
    return [known[name].value if name in known else trial.objectives[name] for name in names]
