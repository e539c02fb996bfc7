"""The search cost, and what a run got for it: trainings, seconds of CPU or GPU, hypervolume per unit of them.

One single-task training of a run is its recipe's epochs times the mean multiply-accumulates of its single-task
networks; a trial costs its own epochs times its own MACs in that unit, on whatever machine. In full trainings, which
are told beside that, only epochs count: those trained, over the recipe's.

Every trial counts by the epochs and seconds in its file, whatever became of it, and so do those of all earlier starts.
Nobody knows what was lost with killed drivers and workers, or took a baseline that had to be tried again: that is not
counted. Of gated networks the MACs are those of the pruned one, and training took more; single-task epochs that they
started from count as if of their MACs. Hypervolume per unit is over trials and supernet, without the baselines.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING, Any

from spaces.common.formatting import format_count, format_duration

if TYPE_CHECKING:
    from search.jobs.job import Outcome
    from search.jobs.trial import Trial

HOUR = 3600.0  # seconds


@dataclass(frozen=True)
class CostRates:
    """What trainings of a run are counted by.

    Args:
        macs: multiply-accumulates of the single-task networks, by task.
        epochs: of a full training.
        threads: CPU threads that a training on "cpu" has; those of this start, where earlier ones had others.
        gpus: that a training on "cuda" takes, a fraction where several share one; of this start as well.
        begun: Unix time in seconds when the run began; 0 if not known, and then all baselines count as its own.
    """

    macs: Mapping[str, int]
    epochs: int
    threads: int = 1
    gpus: float = 1.0
    begun: float = 0.0

    def spent(self, macs: int, epochs: int, seconds: float, device: str, threads: int = 0) -> Spent:
        """What one training took, of wall time in seconds on "cpu", "cuda" or, if not known, ""; 0 threads: usual."""
        wall = seconds if math.isfinite(seconds) else 0.0
        full = epochs / self.epochs
        trained = Spent(1, full * macs / fmean(self.macs.values()), full)
        if device == "cpu":
            return replace(trained, cpu_seconds=wall * (threads or self.threads))
        if device == "cuda":
            return replace(trained, gpu_seconds=wall * self.gpus)
        return replace(trained, unknown_seconds=wall)


@dataclass(frozen=True)
class Spent:
    """What trainings took.

    Args:
        trainings: how many there were, short ones too.
        single_task_trainings: epochs x MACs, in those of one single-task training.
        full_trainings: epochs, in those of the recipe.
        cpu_seconds: wall seconds on CPUs times threads.
        gpu_seconds: wall seconds on GPUs times the GPUs, or the fraction of one, that a training takes.
        unknown_seconds: wall seconds on a device that files of earlier versions do not name.
    """

    trainings: int = 0
    single_task_trainings: float = 0.0
    full_trainings: float = 0.0
    cpu_seconds: float = 0.0
    gpu_seconds: float = 0.0
    unknown_seconds: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        """Both together."""
        return Spent(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    @property
    def time(self) -> str:
        """The seconds in words, by kind of device."""
        kinds = {"of CPU": self.cpu_seconds, "of GPU": self.gpu_seconds, "on a device not known": self.unknown_seconds}
        return " + ".join(f"{format_duration(seconds)} {kind}" for kind, seconds in kinds.items() if seconds) or "0 s"


NOTHING = Spent()


@dataclass(frozen=True)
class SearchCost:
    """What a run took and has.

    Args:
        trials: what they took, failed and stopped ones too.
        trained: what the single-task networks took that were trained since the run began.
        cached: what those took, at their time, that were there already.
        hypervolume: of the front, in the product of the objectives' units.
        units: that product.
        members: of the front.
        supernet: what the one training of all patterns took, at its time where it was there already.
        finals: what the final trainings took.
    """

    trials: Spent
    trained: Spent
    cached: Spent
    hypervolume: float
    units: str
    members: int
    supernet: Spent = NOTHING
    finals: Spent = NOTHING

    @property
    def searched(self) -> Spent:
        """What the front of trials took: them and the supernet."""
        return self.trials + self.supernet

    @property
    def rates(self) -> dict[str, float]:
        """Hypervolume per unit of what was searched; per hour only where one known kind of device ran all of it."""
        spent = self.searched
        cpu, gpu, other = spent.cpu_seconds, spent.gpu_seconds, spent.unknown_seconds
        units = {
            "hypervolume_per_training": spent.single_task_trainings,
            "hypervolume_per_cpu_hour": cpu / HOUR if not gpu and not other else 0.0,
            "hypervolume_per_gpu_hour": gpu / HOUR if not cpu and not other else 0.0,
        }
        return {name: self.hypervolume / unit for name, unit in units.items() if unit}

    @property
    def metrics(self) -> dict[str, float]:
        """All numbers by name, for a tracker; seconds only of the kinds of device that ran."""
        parts = {"cost": self.trials, "cost.baselines_trained": self.trained, "cost.baselines_cached": self.cached}
        further = {"cost.supernet": self.supernet, "cost.finals": self.finals}
        parts |= {name: spent for name, spent in further.items() if spent.trainings}
        return self.rates | {
            f"{part}.{name}": float(value)
            for part, spent in parts.items()
            for name, value in asdict(spent).items()
            if value or not name.endswith("_seconds")
        }

    @property
    def lines(self) -> tuple[str, str]:
        """Cost and hypervolume in a line each."""
        spent, own, cached = self.trials, self.trained, self.cached
        cost = (
            f"Cost        {spent.single_task_trainings:.4g} single-task trainings by epochs x MACs "
            f"({spent.full_trainings:.4g} by epochs alone), {spent.time}; {self._describe_further()}"
            f"baselines: {own.trainings} trained, {own.time}; {cached.trainings} from the cache"
        )
        words = {"training": "single-task training", "cpu_hour": "CPU hour", "gpu_hour": "GPU hour"}
        rates = [f"{format_count(v)} per {words[k.removeprefix('hypervolume_per_')]}" for k, v in self.rates.items()]
        if not self.members:
            volume = "none, for no trial has completed and there is no front"
        elif not self.hypervolume:
            volume = (
                "0, for no trial is better than the reference point in every objective; reference.delta and "
                "reference.cost move it, in a run of another run.name"
            )
        else:
            of = " of the trials, before the final trainings" if self.finals.trainings else ""
            volume = f"{format_count(self.hypervolume)} [{self.units}]{of}: {', '.join(rates) or 'no cost is known'}"
        return cost, f"Hypervolume {volume}"

    def _describe_further(self) -> str:
        """Supernet and final trainings in the words of the line, where there are any."""
        parts = {"supernet": self.supernet, "final trainings": self.finals}
        return "".join(
            f"{name}: {spent.single_task_trainings:.4g}, {spent.time}; "
            for name, spent in parts.items()
            if spent.trainings
        )

    def to_json(self) -> dict[str, Any]:
        """Values of JSON."""
        return {**asdict(self), **self.rates}


def compute_search_cost(
    trials: Iterable[Trial],
    baselines: Iterable[tuple[str, Outcome]],
    rates: CostRates,
    hypervolume: float,
    units: str,
    members: Sequence[Trial],
    supernet: Outcome | None = None,
    finals: Iterable[Trial] = (),
) -> SearchCost:
    """Add up a run.

    Args:
        trials: all that have ended.
        baselines: outcomes of the single-task networks, each with its task.
        rates: what trainings are counted by.
        hypervolume: of the front.
        units: of the hypervolume.
        members: of the front.
        supernet: outcome of the one training of all patterns, or None.
        finals: final trainings.
    """
    tried, trained, cached, ended = Spent(), Spent(), Spent(), Spent()
    shared = Spent()
    if supernet is not None:
        shared = rates.spent(supernet.cost["macs"], supernet.epochs, supernet.seconds, supernet.device)
    for final in finals:
        ended += rates.spent(final.macs, final.epochs, final.seconds, final.device)
    for trial in trials:
        tried += rates.spent(trial.macs, trial.epochs, trial.seconds, trial.device, trial.threads)
    for task, each in baselines:
        # Those of earlier versions do not say their epochs, but have had them all.
        spent = rates.spent(rates.macs[task], each.epochs or rates.epochs, each.seconds, each.device)
        if each.ended >= rates.begun:
            trained += spent
        else:
            cached += spent
    return SearchCost(tried, trained, cached, hypervolume, units, len(members), shared, ended)
