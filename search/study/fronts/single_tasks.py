"""Single-task networks, and how far numbers can be trusted that are measured against them.

A delta is off by how one training scatters, and by the error of the mean that it is measured from; the latter is the
same for all networks of a search, so that it moves them together and tells none of them apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from search.jobs.trial import Trial
from search.study.fronts.best_guess import Guess, Guesses


@dataclass(frozen=True)
class SingleTask:
    """The networks of one task alone, by its headline metric on the validation split.

    Args:
        task: its name.
        main: whether it counts in delta_mtl.
        metric: name of the headline metric.
        unit: of it.
        higher: whether higher is better.
        mean: over the networks.
        sd: standard deviation of one of them; NaN for one network.
        networks: how many.
        macs: multiply-accumulates of one.
        others: further metrics of the task with their standard deviations, of those where they are known.
    """

    task: str
    main: bool
    metric: str
    unit: str
    higher: bool
    mean: float
    sd: float
    networks: int
    macs: int
    others: tuple[tuple[str, float], ...] = ()

    @property
    def share(self) -> float:
        """The standard deviation in percent of the mean."""
        return 100 * self.sd / abs(self.mean) if self.mean else math.nan

    def find_error(self, delta: float) -> float:
        """Standard error of a task's delta by that of the mean of these networks, in percent; NaN if not known.

        It is multiplied by how many times that mean a network's value is: little near 0, much far away.
        """
        times = 1 + (delta if self.higher else -delta) / 100
        return self.share * abs(times) / math.sqrt(self.networks)

    def find_spread(self, delta: float) -> float:
        """Standard deviation of the delta of one training, as if it scattered as these do, with that error."""
        return math.hypot(self.share, self.find_error(delta))


def estimate_spreads(singles: Sequence[SingleTask], metrics: Mapping[str, float]) -> dict[str, float]:
    """Standard deviations of what one training shows, by name; without those that are not known.

    Args:
        singles: single-task networks, as which it is taken to scatter (our choice).
        metrics: of the training; without its deltas these are taken for 0.
    """
    found = {f"{each.task}.{each.metric}": each.sd for each in singles if math.isfinite(each.sd)}
    found |= {f"{each.task}.{name}": sd for each in singles for name, sd in each.others}
    return found | _combine(singles, metrics, SingleTask.find_spread)


def estimate_errors(singles: Sequence[SingleTask], metrics: Mapping[str, float]) -> dict[str, float]:
    """The part of it that is the error of single-task networks, of deltas alone: no further training lessens it."""
    return _combine(singles, metrics, SingleTask.find_error)


def _combine(
    singles: Sequence[SingleTask], metrics: Mapping[str, float], find: Callable[[SingleTask, float], float]
) -> dict[str, float]:
    """By task, then of mean and least over main tasks, which are taken for independent.

    The least of several deltas is as uncertain as the task is that it is of (our choice).
    """
    deltas = {each.task: metrics.get(f"{each.task}.delta", math.nan) for each in singles}
    deltas = {task: delta if math.isfinite(delta) else 0.0 for task, delta in deltas.items()}
    known = {each.task: spread for each in singles if math.isfinite(spread := find(each, deltas[each.task]))}
    found = {f"{task}.delta": spread for task, spread in known.items()}
    counted = [each.task for each in singles if each.main]
    if counted and all(task in known for task in counted):
        worst = min(counted, key=lambda task: (deltas[task], -known[task]))
        spread = math.hypot(*(known[task] for task in counted)) / len(counted)
        found |= {"delta_mtl": spread, "worst_delta": known[worst]}
    return found


def widen_guesses(guesses: Guesses, trials: Iterable[Trial], singles: Sequence[SingleTask]) -> Guesses:
    """Best guesses as far as they foretell: those of deltas with the error of single-task networks, where it is known.

    Args:
        guesses: as `search.study.fronts.best_guess.guess_objectives` has them, against these very networks.
        trials: that they are of.
        singles: the networks.
    """
    wider = {}
    for trial in trials:
        if told := guesses.get(trial.number):
            errors = estimate_errors(singles, trial.metrics)
            wider[trial.number] = {
                name: Guess(each.value, math.hypot(each.sd, errors.get(name, 0.0))) for name, each in told.items()
            }
    return wider


def count_separate(singles: Sequence[SingleTask], tasks: int) -> int:
    """Multiply-accumulates of a network a task; 0 unless all are known."""
    return sum(each.macs for each in singles) if len(singles) == tasks and all(each.macs for each in singles) else 0
