"""A few steps of real trainings against the clock, in as many processes at once as a search would run.

For the forecast of `search.plan`. Trainings that run side by side share memory bandwidth and caches, so one that is
timed alone looks faster than it will be. The processes train as the workers of a search do, on an excerpt of the
training split, and keep nothing.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import connection, get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spaces.errors import UserError

if TYPE_CHECKING:
    from search.jobs.job import Job
    from trainers.batches.source import Source

STEPS = 16  # timed of each network at most: our choice
PATIENCE = 4.0  # seconds after which fewer steps are timed, at least one: our choice
MEASURED = 128  # images of the validation split that are measured; the rest is counted in proportion


class NotTimed(RuntimeError):
    """A training that could not be timed, with the reason."""


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
        return replace(self, **{name: getattr(self, name) * self.share for name in ("setup", "step", "measuring")})


@dataclass(frozen=True)
class Clocked:
    """What a process had to tell.

    Args:
        timings: of the trainings, in order.
        images: in the training split.
        resident: bytes of memory at most, of the whole process.
        growth: bytes by which the trainings raised that, the data being there.
        gpu: bytes of tensors on the GPU at most; 0 without one.
    """

    timings: tuple[Timing, ...]
    images: int
    resident: int
    growth: int
    gpu: int


def time_steps(jobs: Sequence[Job], processes: int, gpus: float) -> list[Clocked]:
    """Time the beginning of trainings, each of them in all processes at once.

    Args:
        jobs: the trainings, one after the other.
        processes: how many train the same at a time.
        gpus: that one of them takes; 0 for training on CPUs.

    Returns:
        One answer a process.

    Raises:
        NotTimed: a training failed, or a process was lost.
        UserError: the data cannot be loaded.
    """
    context = get_context("spawn")  # CUDA does not survive a fork
    barrier = context.Barrier(processes)
    waiting: list[Any] = []
    workers = []
    try:
        with _uninterrupted():
            for number in range(processes):
                ours, theirs = context.Pipe(duplex=False)
                gpu = int(number * gpus) if gpus else None
                worker = context.Process(target=_work, args=(theirs, barrier, list(jobs), gpu))
                worker.start()
                theirs.close()  # so that the end of the worker is the end of the pipe
                waiting.append(ours)
                workers.append(worker)
        answers: list[Clocked] = []
        while waiting:
            for pipe in connection.wait(waiting):
                answers.append(_received(pipe))
                waiting.remove(pipe)
        return answers
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C is answered after the block; processes that are begun in it never answer, for they inherit the mask."""
    noted: list[int] = []
    answer = signal.signal(signal.SIGINT, lambda number, frame: noted.append(number))
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        signal.signal(signal.SIGINT, answer)
    if noted:
        raise KeyboardInterrupt


def _received(pipe: Any) -> Clocked:
    try:
        answer = pipe.recv()
    except EOFError:
        raise NotTimed("the process that timed it was lost: it ran out of memory, or was killed") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _work(pipe: Any, barrier: Any, jobs: Sequence[Job], gpu: int | None) -> None:
    """What a process does."""
    try:
        pipe.send(_clocked(jobs, barrier, gpu))
    except UserError as error:
        pipe.send(error)
    except Exception as error:  # whatever a training raises is told by the process that waits for it
        pipe.send(NotTimed(f"{type(error).__name__}: {(str(error).splitlines() or ['no message'])[0]}"))


def _clocked(jobs: Sequence[Job], barrier: Any, gpu: int | None) -> Clocked:
    import torch

    from trainers.batches.memory import load_split

    where = "cpu" if gpu is None else f"cuda:{gpu}"
    torch.set_num_threads(jobs[0].threads)
    training, validation = load_split(jobs[0].data, "train", where), load_split(jobs[0].data, "val", where)
    before = _peak()
    timings = tuple(_timed(job, training, validation, where, barrier) for job in jobs)
    peak = _peak()
    on_gpu = 0 if gpu is None else torch.cuda.max_memory_allocated(where)
    return Clocked(timings, len(training), peak, peak - before, on_gpu)


def _timed(job: Job, training: Source, validation: Source, where: str, barrier: Any) -> Timing:
    """Time one training: a step to warm up, then some more, then measuring."""
    import torch

    from spaces.networks.build import build
    from trainers.measure import measure
    from trainers.train import train

    start = time.perf_counter()
    tasks = tuple(task for task in job.data.selected if task.name in job.pattern.tasks)
    network = build(job.pattern, job.network, {task.name: task.output for task in tasks}, job.seed)
    network = network.to(where).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in its stubs
    setup = time.perf_counter() - start
    recipe, few = replace(job.recipe, epochs=1), validation.first(MEASURED)

    def seconds(steps: int) -> float:
        start = time.perf_counter()
        excerpt = training.first(steps * recipe.batch_size)
        train(network, excerpt, few, tasks, recipe, job.seed, lambda epoch, values: None)
        return time.perf_counter() - start

    def measuring() -> float:
        start = time.perf_counter()
        measure(network, few, tasks)
        return time.perf_counter() - start

    barrier.wait()
    seconds(1)  # to warm up
    steps = max(1, min(STEPS, len(training) // recipe.batch_size, int(PATIENCE / seconds(1))))
    barrier.wait()
    worked = time.process_time()
    both, alone = seconds(steps), measuring()
    share = (time.process_time() - worked) / (both + alone)
    return Timing(setup, max(both - alone, 0.0) / steps, alone * len(validation) / len(few), steps, share)


def _peak() -> int:
    """Bytes of memory that this process held at most."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says begins with what the parent held
        return 1024 * next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
