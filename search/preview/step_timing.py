"""Step timing in as many processes at once as a search would run.

For the forecast of `search.plan`. Trainings that run side by side share memory bandwidth and caches, so one that is
timed alone looks faster than it will be. What each process does is in `search.preview.timed_training`.
"""

from __future__ import annotations

from collections.abc import Sequence
from multiprocessing import connection, get_context
from typing import TYPE_CHECKING

from search.preview.timed_training import Clocked, time_jobs
from spaces.common.interruption import hold_interrupts
from spaces.errors import UserError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.synchronize import Barrier

    from search.jobs.job import Job


class NotTimed(RuntimeError):
    """A training that could not be timed, with the reason."""


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
    waiting: list[Connection] = []
    workers = []
    try:
        with hold_interrupts():
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
            ready = connection.wait(waiting)
            answers += [_receive(pipe) for pipe in waiting if pipe in ready]
            waiting = [pipe for pipe in waiting if pipe not in ready]
        return answers
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()


def _receive(pipe: Connection) -> Clocked:
    try:
        answer = pipe.recv()
    except EOFError:
        raise NotTimed("the process that timed it was lost: it ran out of memory, or was killed") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _work(pipe: Connection, barrier: Barrier, jobs: Sequence[Job], gpu: int | None) -> None:
    """What a process does."""
    try:
        pipe.send(time_jobs(jobs, barrier, gpu))
    except UserError as error:
        pipe.send(error)
    except Exception as error:  # whatever a training raises is told by the process that waits for it
        pipe.send(NotTimed(f"{type(error).__name__}: {(str(error).splitlines() or ['no message'])[0]}"))
