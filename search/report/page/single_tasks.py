"""Single-task networks as a run folder keeps them, and how far one training's numbers scatter by theirs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from search.study.baselines import read_kept_baselines
from spaces.errors import DataError

if TYPE_CHECKING:
    from trainers.tasks.task import Task

BASELINES = "baselines.json"


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

    @property
    def share(self) -> float:
        """The standard deviation in percent of the mean."""
        return 100 * self.sd / abs(self.mean) if self.mean else math.nan


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
            found.append(SingleTask(task.name, task.main, *told))
    return tuple(found)


def estimate_scatter(singles: Sequence[SingleTask]) -> dict[str, float]:
    """Standard deviations of what one training shows, by name, as if it scattered as single-task networks do.

    Tasks are taken for independent, and the least of several deltas for no steadier than the least steady of them (our
    choice). Names whose networks tell no deviation are left out.
    """
    shares = {each.task: each.share for each in singles if math.isfinite(each.share)}
    counted = [shares[each.task] for each in singles if each.main and each.task in shares]
    found = {f"{task}.delta": share for task, share in shares.items()}
    found |= {f"{each.task}.{each.metric}": each.sd for each in singles if math.isfinite(each.sd)}
    if counted and len(counted) == sum(each.main for each in singles):
        found |= {"delta_mtl": math.hypot(*counted) / len(counted), "worst_delta": max(counted)}
    return found


def estimate_reference_error(singles: Sequence[SingleTask]) -> float:
    """Standard error of the 0 that delta_mtl is measured from, in percent; NaN where it is not known."""
    errors = [each.share / math.sqrt(each.networks) for each in singles if each.main]
    return math.hypot(*errors) / len(errors) if errors else math.nan


def count_separate(singles: Sequence[SingleTask], tasks: int) -> int:
    """Multiply-accumulates of a network a task; 0 unless all are known."""
    return sum(each.macs for each in singles) if len(singles) == tasks and all(each.macs for each in singles) else 0


def estimate_delta_spread(single: SingleTask, delta: float) -> float:
    """Standard deviation of a task's delta, of one training against the mean of these networks; NaN if not known.

    The error of that mean is multiplied by how many times it a network's value is: little near 0, most of it far away.
    """
    times = 1 + (delta if single.higher else -delta) / 100
    return single.share * math.hypot(1, times / math.sqrt(single.networks))
