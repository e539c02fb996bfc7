"""Single-task networks as a run folder keeps them, and best guesses of what is measured against them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from search.study.baselines import read_kept_baselines
from search.study.fronts.best_guess import Guesses, guess_objectives
from search.study.fronts.final_files import choose_delivered
from search.study.fronts.single_tasks import SingleTask, estimate_spreads, widen_guesses
from spaces.errors import DataError

if TYPE_CHECKING:
    from search.jobs.job import Outcome
    from search.jobs.trial import Trial
    from search.problem.objectives import Objective
    from search.study.fronts.final_files import Final
    from trainers.tasks.task import Task

BASELINES = "baselines.json"


def read_single_tasks(folder: Path, tasks: Sequence[Task]) -> tuple[SingleTask, ...]:
    """Those that are there, in the order of the tasks; none where the file is missing or cannot be read."""
    try:
        outcomes = [*read_kept_baselines(folder / BASELINES).values()]
    except DataError:
        return ()
    found = []
    for task in tasks:
        metric = next(metric for metric in task.table if metric.name == task.headline)
        name = f"{task.name}.{metric.name}"
        own = [each for each in outcomes if math.isfinite(each.metrics.get(name, math.nan))]
        if own:
            values = [each.metrics[name] for each in own]
            sd = stdev(values) if len(values) > 1 else math.nan
            macs = own[0].cost.get("macs", 0)
            told = (metric.name, metric.unit, metric.higher_is_better, fmean(values), sd, len(values), macs)
            others = [each.name for each in task.table if each != metric]
            found.append(SingleTask(task.name, task.main, *told, others=_list_deviations(task.name, others, own)))
    return tuple(found)


def count_epochs(folder: Path) -> int:
    """Of the single-task networks that deltas refer to; 0 where the file is missing or cannot be read."""
    try:
        return max((each.epochs for each in read_kept_baselines(folder / BASELINES).values()), default=0)
    except DataError:
        return 0


def _list_deviations(task: str, names: Sequence[str], outcomes: Sequence[Outcome]) -> tuple[tuple[str, float], ...]:
    values = {name: [each.metrics.get(f"{task}.{name}", math.nan) for each in outcomes] for name in names}
    return tuple((name, stdev(row)) for name, row in values.items() if len(row) > 1 and all(map(math.isfinite, row)))


def foretell_objectives(
    folder: Path, trials: Sequence[Trial], objectives: Sequence[Objective], tasks: Sequence[Task]
) -> Guesses:
    """Best guesses of a run's trials as people are told them: with the error of what deltas are measured from."""
    return widen_guesses(guess_objectives(trials, objectives), trials, read_single_tasks(folder, tasks))


def foretell_scatter(folder: Path, trials: Sequence[Trial], tasks: Sequence[Task]) -> dict[int, dict[str, float]]:
    """Standard deviations of what each trial's one training shows, by number and name; those that are known."""
    singles = read_single_tasks(folder, tasks)
    return {trial.number: estimate_spreads(singles, trial.metrics) for trial in trials}


def foretell_front(
    folder: Path,
    trials: Sequence[Trial],
    members: Sequence[Trial],
    finals: Iterable[Final],
    objectives: Sequence[Objective],
    tasks: Sequence[Task],
) -> tuple[dict[int, dict[str, float]], Guesses]:
    """What numbers of a front's members rest on: spreads of their one training, and best guesses.

    Args:
        folder: of the run.
        trials: of the search.
        members: of the front, or what is delivered.
        finals: trained to the end; of these nothing is guessed.
        objectives: what was optimised.
        tasks: of the run.
    """
    guesses = {} if choose_delivered(finals, objectives) else foretell_objectives(folder, trials, objectives, tasks)
    return foretell_scatter(folder, members, tasks), guesses
