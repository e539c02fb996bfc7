"""How long a search is going to take, and how much memory: from a few timed steps, on this machine, as it is now.

An estimate, used by `search.plan` alone: which patterns a sampler picks is not known before, so times lie between
those of the cheapest and the costliest one, and every place is taken to be busy until the end.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from search.jobs.job import Job
from search.preview.step_timing import Clocked, Timing, time_steps
from search.study.baselines import derive_seed
from spaces.errors import ConfigError

if TYPE_CHECKING:
    from search.config.settings import Settings
    from search.preview.remaining import Remaining
    from spaces.pattern.sharing_pattern import SharingPattern

START = 15.0  # seconds to start and end the driver, Ray and MLflow on two quiet cores: our guess
BESIDE = 800 * 2**20  # bytes of the driver, Ray and MLflow: as measured, pages that workers share counted once
CROWDED = 0.8  # of a CPU: who gets less shares it with something else, our choice


@dataclass(frozen=True)
class Places:
    """Where trainings run.

    Args:
        device: "cpu" or "cuda".
        gpus: that one training takes.
        concurrency: trainings at a time.
    """

    device: str
    gpus: float
    concurrency: int


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
        timed: steps that were timed of each network, at least.
        share: of its epochs that a trial is trained on average.
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

    @property
    def memory(self) -> int:
        """Bytes of the whole search: workers, driver, Ray and MLflow."""
        return self.concurrency * self.worker + BESIDE

    def to_json(self) -> dict[str, Any]:
        """Values of JSON, in seconds and bytes."""
        return {**asdict(self), "memory": self.memory}


def count_places(settings: Settings) -> Places:
    """Where trainings would run on this machine; nothing is started.

    Raises:
        ConfigError: not one training fits on it.
    """
    import torch
    from joblib import cpu_count  # type: ignore[import-untyped]  # ships no types; as Ray, it heeds limits of containers

    try:
        gpus, concurrency = settings.runner.places(cpu_count(), torch.cuda.device_count())
    except ConfigError as error:
        if not settings.runner.elsewhere:
            raise
        raise ConfigError(f"{error}. A plan is timed where it is asked for: ask on a machine of the cluster") from error
    return Places("cuda" if gpus else "cpu", gpus, concurrency)


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
    if not trials and not baselines:
        return None
    concurrency = min(where.concurrency, trials + len(baselines))
    jobs = [_job(settings, pattern) for pattern in extremes] + list(baselines[:1])
    clocked = time_steps(jobs, concurrency, where.gpus)
    share = settings.scheduler.share(settings.trainer.epochs)
    return estimate(clocked, settings.trainer, trials, len(baselines), where.device, concurrency, share)


def estimate(
    clocked: Sequence[Clocked],
    recipe: Any,
    trials: int,
    baselines: int,
    device: str,
    concurrency: int,
    share: float = 1.0,
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
    """
    timings = [_mean(row) for row in zip(*(each.timings for each in clocked), strict=True)]
    extremes = timings[:-1] if baselines else timings
    images = clocked[0].images
    steps = images // min(recipe.batch_size, images)
    rounds = math.ceil((trials + baselines) / concurrency)

    def training(timing: Timing) -> float:
        return timing.setup + recipe.epochs * (steps * timing.step + timing.measuring)

    def search(start: float, extremes: Sequence[Timing], alone: Timing) -> tuple[float, float]:
        low, high = _range(trials * share * training(each) + baselines * training(alone) for each in extremes)
        return start + rounds * low / (trials + baselines), start + rounds * high / (trials + baselines)

    quick = fmean(t.share for t in timings)
    crowded = device == "cpu" and quick < CROWDED
    start = START / quick if crowded else START
    return Forecast(
        device=device,
        concurrency=concurrency,
        step=_range(t.step for t in extremes),
        steps=steps,
        epochs=recipe.epochs,
        measuring=_range(t.measuring for t in extremes),
        trial=_range(map(training, extremes)),
        baseline=training(timings[-1]) if baselines else None,
        start=start,
        search=search(start, extremes, timings[-1]),
        quiet=search(START, [t.undisturbed for t in extremes], timings[-1].undisturbed) if crowded else None,
        worker=max(each.resident for each in clocked),
        training=max(each.growth for each in clocked),
        gpu=max(each.gpu for each in clocked),
        timed=min(t.steps for t in timings),
        share=share,
    )


def _job(settings: Settings, pattern: SharingPattern) -> Job:
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


def _mean(timings: Sequence[Timing]) -> Timing:
    """Of one network, over the processes."""
    setup, step, measuring, share = (
        fmean(getattr(t, name) for t in timings) for name in ("setup", "step", "measuring", "share")
    )
    return Timing(setup, step, measuring, min(t.steps for t in timings), share)


def _range(values: Iterable[float]) -> tuple[float, float]:
    values = list(values)
    return min(values), max(values)
