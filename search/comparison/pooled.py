"""The trials of several searches, related to the same single-task networks and numbered through."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from search.comparison.comparable import read_reference
from search.comparison.evidence import ALIKE, SHORT, TRIAL, Evidence, find_every, relate_confirmed
from search.jobs.trial import Trial
from search.problem.deltas import compute_delta
from search.problem.objectives import BEFOREHAND, MAXIMISE, Objective, collect_objectives, resolve_objectives
from search.results.results import Results
from search.study.fronts.best_guess import NO_GUESSES, Guesses, guess_objectives
from search.study.fronts.front import Estimate, FrontView, compute_volume, find_front
from trainers.tasks.task import Task

BEYOND = 0.1  # of the range of a metric, from its worst value to the reference point: our choice


@dataclass(frozen=True)
class Pooled:
    """What is compared.

    Args:
        view: all trials, numbered through from 0, keys told as "<run>/<number>".
        numbers: by name of a run, its trials' numbers in the view, in their order there.
        related: whether a run rests on other single-task networks than the first, so that its deltas are new.
        guessed: whether the front is that of best guesses, which all runs have enough trials for.
        tasks: of all runs.
        evidence: by name of a run, what its values are.
    """

    view: FrontView
    numbers: Mapping[str, Sequence[int]]
    related: bool
    guessed: bool
    tasks: tuple[Task, ...]
    evidence: Mapping[str, Evidence]

    @property
    def mixed(self) -> bool:
        """Whether values of runs are of several kinds."""
        return len({each.kind for each in self.evidence.values()}) > 1

    @property
    def better(self) -> bool:
        """Whether some run knows better values than these, which others lack."""
        return any(each.better for each in self.evidence.values())

    def find_run(self, number: int) -> str:
        """Name of the run that a trial of the view is of."""
        return next(name for name, numbers in self.numbers.items() if number in numbers)

    def measure_volume(self, name: str) -> float:
        """Hypervolume of one run's trials by themselves, from the same point."""
        chosen = set(self.numbers[name])
        trials = [trial for trial in self.view.trials if trial.number in chosen and trial.complete]
        return compute_volume(trials, self.view.objectives, self.view.reference)


def pool_runs(runs: Sequence[Results], wanted: str = ALIKE) -> Pooled:
    """Trials of runs that can be compared, on one front.

    Deltas are those against the first run's single-task networks, whatever encoder or seed the others have; of
    confirmed values against the fresh ones of the first run that was confirmed, on the test split.

    Args:
        runs: that can be compared.
        wanted: kind of the values, a key of `search.comparison.evidence.KINDS`; or the best that all runs have, or
            the best that each has.

    Raises:
        DataError: a run has no single-task networks yet, or nothing of that kind.
    """
    tasks = runs[0].tasks
    objectives = resolve_objectives(runs[0].config["objectives"], tasks)
    references = [read_reference(run) for run in runs]
    every = _relate_all(runs, find_every(runs, objectives, wanted), references[0], objectives)
    trials: list[Trial] = []
    numbers: dict[str, list[int]] = {}
    guesses: list[Guesses] = []
    confirmed: dict[int, Mapping[str, Estimate]] = {}
    names = name_runs(runs)
    for name, evidence in zip(names, every, strict=True):
        own = evidence.trials
        guessed = guess_objectives(own, objectives) if evidence.kind == TRIAL else NO_GUESSES
        shift = len(trials)
        places = {trial.number: shift + place for place, trial in enumerate(own)}
        guesses.append({places[number]: each for number, each in guessed.items()})
        trials += [replace(trial, number=places[trial.number], key=f"{name}/{trial.number}") for trial in own]
        numbers[name] = list(range(shift, len(trials)))
        confirmed |= {places[number]: each for number, each in evidence.intervals.items()}
    told = {number: each for some in guesses for number, each in some.items()} if all(guesses) else NO_GUESSES
    front = find_front(trials, objectives, told)
    point = _find_point(trials, objectives, runs[0].config["reference"])
    kinds = {number: each.kind for each, some in zip(every, numbers.values(), strict=True) for number in some}
    marks = {each.key: "run {}, trial {}".format(*each.key.rpartition("/")[::2]) for each in trials}
    marks = {each.key: f"{marks[each.key]}, {SHORT[kinds[each.number]]}" for each in trials}
    view = FrontView(trials, front, objectives, point, marks, told, confirmed=confirmed)
    differ = any(each != references[0] for each in references)
    return Pooled(view, numbers, differ, bool(told), tasks, dict(zip(names, every, strict=True)))


def _relate_all(
    runs: Sequence[Results], every: Sequence[Evidence], whole: Mapping[str, float], objectives: Sequence[Objective]
) -> list[Evidence]:
    """Evidence of all runs, related to one reference a split."""
    fresh = next((each.totals.confirmation.references for each in every if each.totals), {})
    return [
        relate_confirmed(each, fresh, run)
        if each.totals
        else replace(each, trials=[_relate(trial, whole, run.tasks, objectives) for trial in each.trials])
        for each, run in zip(every, runs, strict=True)
    ]


def name_runs(runs: Sequence[Results]) -> list[str]:
    """Names of run folders, with their folders' where two have one name."""
    names = [run.path.name for run in runs]
    return [
        name if names.count(name) == 1 else f"{run.path.parent.name}/{name}"
        for run, name in zip(runs, names, strict=True)
    ]


def _relate(trial: Trial, whole: Mapping[str, float], tasks: Sequence[Task], objectives: Sequence[Objective]) -> Trial:
    """A trial with deltas against these single-task networks."""
    if not trial.complete:
        return trial
    reference = {task.name: whole.get(f"{task.name}.{task.headline}", math.nan) for task in tasks}
    metrics = {**trial.metrics, **compute_delta(trial.metrics, reference, tasks, whole)}
    values = collect_objectives({**trial.objectives, **metrics}, trial.macs, trial.params, objectives)
    return replace(trial, metrics=metrics, objectives=values)


def _find_point(
    trials: Sequence[Trial], objectives: Sequence[Objective], counts: Mapping[str, float]
) -> tuple[float, ...]:
    """A reference point for all runs: the first one's worst delta, and beyond the costliest and the worst trials."""
    point = []
    for objective in objectives:
        values = [trial.objectives[objective.name] for trial in trials if trial.complete]
        values = [value for value in values if math.isfinite(value)] or [0.0]
        if objective.unit == "%" and objective.name in ("delta_mtl", "worst_delta"):
            point.append(float(counts["delta"]))
        elif objective in BEFOREHAND:
            point.append(float(counts["cost"]) * max(values))
        else:
            sign, worst = (1, min(values)) if objective.direction == MAXIMISE else (-1, max(values))
            point.append(worst - sign * BEYOND * (max(values) - min(values) or 1.0))
    return tuple(point)
