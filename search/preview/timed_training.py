"""A training timed in this process: a few steps and a validation against the clock, and the memory they took.

Trains as the workers of a search do, on an excerpt of the training split, and keeps nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from search.jobs.memory import read_status

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

    from search.jobs.job import Job
    from trainers.batches.source import Source

STEPS = 16  # timed of each network at most: our choice
PATIENCE = 4.0  # seconds after which fewer steps are timed, at least one: our choice
MEASURED = 128  # images of the validation split that are measured; the rest is counted in proportion


@dataclass(frozen=True)
class Timing:
    """One training in seconds.

    Args:
        setup: building the network.
        step: one step of the training.
        measuring: the whole validation split.
        steps: how many were timed.
        share: seconds of CPU a second; below 1 for a training of one thread when others want the CPU too.
    """

    setup: float
    step: float
    measuring: float
    steps: int
    share: float

    @property
    def undisturbed(self) -> Timing:
        """About the same with a CPU for itself."""
        setup, step, measuring = (seconds * self.share for seconds in (self.setup, self.step, self.measuring))
        return replace(self, setup=setup, step=step, measuring=measuring)


@dataclass(frozen=True)
class Clocked:
    """What a process had to tell.

    Args:
        timings: of the trainings, in order.
        images: in the training split.
        resident: bytes of memory at most, of the whole process.
        growth: bytes by which the trainings raised that, the data being there.
        gpu: bytes of tensors on the GPU at most; 0 without one.
        card: bytes of memory that the GPU has; 0 without one.
    """

    timings: tuple[Timing, ...]
    images: int
    resident: int
    growth: int
    gpu: int
    card: int = 0


def time_jobs(jobs: Sequence[Job], barrier: Barrier, gpu: int | None) -> Clocked:
    """Time the beginning of trainings one after the other, each of them when all processes have come to it.

    Args:
        jobs: the trainings, of one data set.
        barrier: where the processes wait for each other.
        gpu: number of the one to train on; None for CPUs.
    """
    import torch  # torch: 1.5 s, the driver, which only waits for this, does without

    from trainers.batches.memory import load_split

    where = "cpu" if gpu is None else f"cuda:{gpu}"
    torch.set_num_threads(jobs[0].threads)
    training, validation = load_split(jobs[0].data, "train", where), load_split(jobs[0].data, "val", where)
    before = _read_peak()
    timings = tuple(_time_job(job, training, validation, where, barrier) for job in jobs)
    peak = _read_peak()
    on_gpu = 0 if gpu is None else torch.cuda.max_memory_allocated(where)
    card = 0 if gpu is None else torch.cuda.get_device_properties(where).total_memory
    return Clocked(timings, len(training), peak, peak - before, on_gpu, card)


def _time_job(job: Job, training: Source, validation: Source, where: str, barrier: Barrier) -> Timing:
    """Time one training: a step to warm up, then some more, then measuring."""
    import torch  # torch: as above

    from spaces.networks.build import build
    from trainers.measure import measure
    from trainers.train import train

    start = time.perf_counter()
    tasks = tuple(task for task in job.data.selected if task.name in job.pattern.tasks)
    network = build(job.pattern, job.network, {task.name: task.output for task in tasks}, job.seed)
    network = network.to(where).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in its stubs
    setup = time.perf_counter() - start
    recipe, few = replace(job.recipe, epochs=1), validation.first(MEASURED)

    def time_epoch(steps: int) -> float:
        start = time.perf_counter()
        excerpt = training.first(steps * recipe.batch_size)
        train(network, excerpt, few, tasks, recipe, job.seed, lambda epoch, values: None)
        return time.perf_counter() - start

    def time_measuring() -> float:
        start = time.perf_counter()
        measure(network, few, tasks)
        return time.perf_counter() - start

    barrier.wait()
    time_epoch(1)  # to warm up
    steps = max(1, min(STEPS, len(training) // recipe.batch_size, int(PATIENCE / time_epoch(1))))
    barrier.wait()
    worked = time.process_time()
    both, alone = time_epoch(steps), time_measuring()
    share = (time.process_time() - worked) / (both + alone)
    return Timing(setup, max(both - alone, 0.0) / steps, alone * len(validation) / len(few), steps, share)


def _read_peak() -> int:
    """Bytes of memory that this process held at most."""
    if held := read_status("VmHWM"):  # what getrusage says begins with what the parent held
        return held
    import resource  # not on every platform

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
