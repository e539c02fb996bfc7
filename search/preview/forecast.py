"""The forecast of a search, its time and memory: from a few timed steps, on this machine, as it is now.

An estimate, used by `search.plan` alone: which patterns a sampler picks is not known before, so times lie between
those of the cheapest and the costliest one, and every place is taken to be busy until the end.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from search.jobs.job import Job
from search.preview.step_timing import time_steps
from search.preview.timed_training import Clocked, Timing
from search.study.baselines import derive_seed
from spaces.pattern.mixing import Gated
from trainers.robustness.aims import count_validations, list_measured

if TYPE_CHECKING:
    from search.config.settings import Settings
    from search.preview.places import Places
    from search.preview.remaining import Remaining
    from spaces.pattern.sharing_pattern import SharingPattern
    from trainers.trainer import Trainer

START = 15.0  # seconds to start and end the driver, Ray and MLflow on two quiet cores: our guess
BESIDE = 800 * 2**20  # bytes of the driver, Ray and MLflow: as measured, pages that workers share counted once
CROWDED = 0.8  # of a CPU: who gets less shares it with something else, our choice


@dataclass(frozen=True)
class Forecast:
    """An estimate; pairs are least and most.

    Args:
        device: "cpu" or "cuda".
        concurrency: trainings at a time.
        step: seconds of a training step.
        steps: of an epoch.
        epochs: of a training.
        measuring: seconds to measure the validation split once.
        trial: seconds.
        baseline: seconds of a single-task network; None when none is to be trained.
        start: seconds to start and to end the search.
        search: seconds of all of it.
        quiet: the same if nothing else used the CPUs; None where this is no different or not known.
        worker: bytes that the process of one training holds at most.
        training: bytes by which the training itself raises that.
        gpu: bytes of tensors of one training on a GPU; 0 without one.
        card: bytes of memory of the smallest GPU here; 0 without one.
        timed: steps that were timed of each network, at least.
        share: of its epochs that a trial is trained on average.
        supernet: seconds of the one training of all patterns, without its estimates; None when none is to be trained.
        final: seconds of all final trainings, one after the other; None for none.
        confirming: seconds of all trainings with fresh seeds, likewise, those of networks of a front that is not
            known yet left out; None for none.
    """

    device: str
    concurrency: int
    step: tuple[float, float]
    steps: int
    epochs: int
    measuring: tuple[float, float]
    trial: tuple[float, float]
    baseline: float | None
    start: float
    search: tuple[float, float]
    quiet: tuple[float, float] | None
    worker: int
    training: int
    gpu: int
    timed: int
    share: float
    supernet: tuple[float, float] | None = None
    final: tuple[float, float] | None = None
    confirming: tuple[float, float] | None = None
    card: int = 0

    @property
    def memory(self) -> int:
        """Bytes of the whole search: workers, driver, Ray and MLflow."""
        return self.concurrency * self.worker + BESIDE

    def to_json(self) -> dict[str, Any]:
        """Values of JSON, in seconds and bytes."""
        return {**asdict(self), "memory": self.memory}


def make_forecast(
    settings: Settings, remaining: Remaining, extremes: Sequence[SharingPattern], where: Places
) -> Forecast | None:
    """Time a few steps of the extremes and of a single-task network.

    Args:
        settings: of the search.
        remaining: what is left to train.
        extremes: the cheapest and the costliest pattern.
        where: trainings run.

    Returns:
        The estimate; None when nothing is left to train.

    Raises:
        NotTimed: a training failed.
        UserError: the data cannot be loaded.
    """
    trials, baselines = remaining.trials, remaining.untrained
    ends = remaining.final // max(1, settings.split.final)
    fresh = (remaining.confirming.trainings or 0) + remaining.confirming.alone
    if not trials and not baselines and not ends and not fresh:
        return None
    concurrency = min(where.concurrency, max(trials + len(baselines), ends, fresh))
    jobs = [_make_job(settings, pattern) for pattern in extremes] + list(baselines[:1])
    clocked = time_steps(jobs, concurrency, where.gpus)
    share = settings.scheduler.share(settings.trainer.epochs)
    own, alone = settings.split.trial, settings.baselines.epochs
    further = count_validations(list_measured(settings.objectives, settings.data.selected))
    found, rest = (
        estimate(clocked, settings.trainer, left, len(baselines), where.device, concurrency, share, own, alone, further)
        for left in (trials, 0)
    )
    found = replace(found, card=min(each.card for each in clocked))
    if settings.sampler.chained:
        found = chain_trials(found, rest, trials)
    from search.jobs.first_trainings import count_first_epochs  # torch: 1.5 s, but here it is loaded

    gated = [job for job in jobs[: len(extremes)] if any(isinstance(s.mixing, Gated) for s in job.pattern.encoder)]
    first = max(map(count_first_epochs, gated), default=0) if trials and not remaining.finished else 0
    return add_further(found, remaining, alone or settings.trainer.epochs, first)


def chain_trials(found: Forecast, rest: Forecast, trials: int) -> Forecast:
    """The same where trials are trained one after the other, when all else has ended.

    Args:
        found: as if they were trained side by side.
        rest: of all else.
        trials: left to train.
    """
    least, most = (r + trials * each for r, each in zip(rest.search, found.trial, strict=True))
    quick = [q / s for q, s in zip(found.quiet, found.search, strict=True)] if found.quiet else []
    return replace(found, search=(least, most), quiet=(quick[0] * least, quick[1] * most) if quick else None)


def add_further(found: Forecast, remaining: Remaining, single: int, first: int = 0) -> Forecast:
    """The same with the supernet, beside which only baselines run, with final trainings, and those of a confirmation.

    Args:
        found: the time of trials and baselines.
        remaining: what is left to train.
        single: epochs of a single-task network.
        first: epochs of what gated networks start from, which cost about as the cheapest; every place trains them once.
    """
    epoch = [found.steps * step + measuring for step, measuring in zip(found.step, found.measuring, strict=True)]
    supernet = (remaining.supernet * epoch[0], remaining.supernet * epoch[1])
    final = (remaining.final * epoch[0], remaining.final * epoch[1])
    again = remaining.confirming
    references = again.alone * (
        found.baseline or single * epoch[0]
    )  # the cheapest network costs no less than one task's
    networks = (again.trainings or 0) * again.epochs
    fresh = (networks * epoch[0] + references, networks * epoch[1] + references)
    alone = len(remaining.untrained) * (found.baseline or 0.0)
    hidden = min(supernet[0], alone / found.concurrency) if found.concurrency > 1 else 0.0
    after = [f + c for f, c in zip(final, fresh, strict=True)]
    more = [s + a / found.concurrency - hidden + first * epoch[0] for s, a in zip(supernet, after, strict=True)]
    return replace(
        found,
        supernet=supernet if remaining.supernet else None,
        final=final if remaining.final else None,
        confirming=fresh if fresh[1] else None,
        search=(found.search[0] + more[0], found.search[1] + more[1]),
        quiet=(found.quiet[0] + more[0], found.quiet[1] + more[1]) if found.quiet else None,
    )


def estimate(
    clocked: Sequence[Clocked],
    recipe: Trainer,
    trials: int,
    baselines: int,
    device: str,
    concurrency: int,
    share: float = 1.0,
    own: int | None = None,
    alone: int | None = None,
    further: int = 0,
) -> Forecast:
    """What timings amount to.

    Args:
        clocked: of the processes; their last timing is that of a single-task network, if any is to be trained.
        recipe: epochs and batch size.
        trials: left to train.
        baselines: single-task networks left to train.
        device: that was timed.
        concurrency: trainings at a time.
        share: of its epochs that a trial is trained on average, where a scheduler stops some early.
        own: epochs of a trial, where they are not those of the recipe.
        alone: likewise of a single-task network.
        further: validations that measuring robustness after a trial is worth.
    """
    timings = [_average_timings(row) for row in zip(*(each.timings for each in clocked), strict=True)]
    extremes = timings[:-1] if baselines else timings
    steps = clocked[0].images // min(recipe.batch_size, clocked[0].images)
    work = _Work(trials, baselines, concurrency, own or recipe.epochs, alone or recipe.epochs, steps, share, further)
    crowded = device == "cpu" and (quick := fmean(t.share for t in timings)) < CROWDED
    start = START / quick if crowded else START
    return Forecast(
        device=device,
        concurrency=concurrency,
        step=_find_range(t.step for t in extremes),
        steps=steps,
        epochs=own or recipe.epochs,
        measuring=_find_range(t.measuring for t in extremes),
        trial=_find_range(map(work.time_training, extremes)),
        baseline=work.time_baseline(timings[-1]) if baselines else None,
        start=start,
        search=work.time_search(start, timings),
        quiet=work.time_search(START, [t.undisturbed for t in timings]) if crowded else None,
        worker=max(each.resident for each in clocked),
        training=max(each.growth for each in clocked),
        gpu=max(each.gpu for each in clocked),
        timed=min(t.steps for t in timings),
        share=share,
    )


@dataclass(frozen=True)
class _Work:
    """What is left to train, in trainings of so many epochs and steps."""

    trials: int
    baselines: int
    concurrency: int
    epochs: int
    usual: int
    steps: int
    share: float
    further: int = 0

    def time_baseline(self, timing: Timing) -> float:
        """Seconds of a single-task network's training, of the recipe's epochs."""
        return timing.setup + self.usual * (self.steps * timing.step + timing.measuring)

    def time_training(self, timing: Timing) -> float:
        """Seconds of one whole training."""
        once = timing.setup + self.epochs * (self.steps * timing.step + timing.measuring)
        return once + self.further * timing.measuring

    def time_search(self, start: float, timings: Sequence[Timing]) -> tuple[float, float]:
        """Least and most seconds of all of it, every place taken until the end; the last timing is a baseline's."""
        trainings = self.trials + self.baselines
        if not trainings:  # final trainings alone are left
            return start, start
        rounds = math.ceil(trainings / self.concurrency)
        extremes = timings[:-1] if self.baselines else timings
        alone = self.baselines * self.time_baseline(timings[-1])
        low, high = _find_range(self.trials * self.share * self.time_training(each) + alone for each in extremes)
        return start + rounds * low / trainings, start + rounds * high / trainings


def _make_job(settings: Settings, pattern: SharingPattern) -> Job:
    """A trial's training, which leaves no outcome."""
    return Job(
        label="timed",
        pattern=pattern,
        data=settings.data,
        network=settings.network,
        recipe=settings.trainer,
        seed=derive_seed(settings.run.seed, 0),
        threads=settings.runner.threads,
        outcome=Path(os.devnull),
    )


def _average_timings(timings: Sequence[Timing]) -> Timing:
    """Of one network, over the processes."""
    return Timing(
        setup=fmean(t.setup for t in timings),
        step=fmean(t.step for t in timings),
        measuring=fmean(t.measuring for t in timings),
        steps=min(t.steps for t in timings),
        share=fmean(t.share for t in timings),
    )


def _find_range(values: Iterable[float]) -> tuple[float, float]:
    values = list(values)
    return min(values), max(values)
