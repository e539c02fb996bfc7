"""Networks timed in a process of their own, which does nothing else and has one thread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from multiprocessing import get_context
from typing import TYPE_CHECKING

from spaces.common.interruption import hold_interrupts
from spaces.errors import DataError, UserError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from spaces.networks.family import Family
    from spaces.networks.modules.output import Output
    from spaces.pattern.sharing_pattern import SharingPattern


def time_quietly(
    patterns: Sequence[SharingPattern], family: Family, outputs: Mapping[str, Output], size: tuple[int, int]
) -> Iterator[float]:
    """As `search.latency.timing.time_patterns`, in a process that ends with the last of them.

    Raises:
        DataError: a network cannot be built or run, or the process was lost.
    """
    context = get_context("spawn")  # a fork would bring along the driver's threads
    ours, theirs = context.Pipe(duplex=False)
    with hold_interrupts():
        worker = context.Process(target=_work, args=(theirs, list(patterns), family, dict(outputs), size), daemon=True)
        worker.start()
    theirs.close()  # so that the end of the worker is the end of the pipe
    try:
        for _ in patterns:
            answer = _receive(ours)
            if isinstance(answer, UserError):
                raise answer
            yield answer
    finally:
        worker.terminate()
        worker.join()


def _receive(pipe: Connection) -> float | UserError:
    try:
        return pipe.recv()
    except EOFError:
        return DataError(
            "the process that measures latency was lost: it ran out of memory, or was killed. What was measured is "
            "kept; the same command goes on"
        )


def _work(
    pipe: Connection,
    patterns: list[SharingPattern],
    family: Family,
    outputs: dict[str, Output],
    size: tuple[int, int],
) -> None:
    """What the process does."""
    from search.latency.timing import time_patterns  # torch: 1.5 s, the driver may do without

    try:
        for took in time_patterns(patterns, family, outputs, size):
            pipe.send(took)
    except UserError as error:
        pipe.send(error)
    except Exception as error:  # whatever a network raises is told by the process that waits for it
        first = (str(error).splitlines() or ["no message"])[0]
        pipe.send(DataError(f"the latency of a network cannot be measured ({type(error).__name__}: {first})"))
