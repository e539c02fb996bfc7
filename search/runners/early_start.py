"""Ray begun in the background, beside what a command does before its first training.

Ray's own processes take seconds to come up, and so does torch in the workers; a command that is sure to train begins
them when its settings are checked. A process has one Ray, so this has one start.
"""

from __future__ import annotations

import atexit
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from search.runners.ray_connection import connect

_begun: list[Future[Path | None]] = []


def begin(workers: int) -> None:
    """Begin to start Ray on this machine, with torch in so many workers, unless this process has one or begins one."""
    if _begun or _is_up():
        return
    threads = ThreadPoolExecutor(1, thread_name_prefix="ray")
    _begun.append(threads.submit(_start, workers))
    threads.shutdown(wait=False)
    atexit.register(_drop)


def take() -> Path | None:
    """Wait for what was begun, as `connect` would; for a later run it counts as nothing that was begun.

    Raises:
        MachineError: as `connect`.
    """
    return _begun.pop().result()


def is_begun() -> bool:
    """Whether there is something to take."""
    return bool(_begun)


def _is_up() -> bool:
    import ray  # ray: 0.5 s, and its settings have to be in the environment before

    return bool(ray.is_initialized())


def _start(workers: int) -> Path | None:
    place = connect(None)
    import ray  # as above

    load = ray.remote(num_cpus=1)(_load)
    for _ in range(workers):
        load.remote()  # nobody waits for it: whoever trains gets a worker that has loaded, or is loading
    return place


def _load() -> None:
    with suppress(Exception):  # what is missing there is told by the first training
        import search.jobs.train_job  # noqa: F401  # torch: 3 s, to be there when the first training comes


def _drop() -> None:
    """A command that ended before it came to train leaves nothing of what it had begun."""
    while _begun:
        with suppress(Exception):  # nobody asks any more
            place = _begun.pop().result()
            import ray  # as above

            ray.shutdown()
            if place:
                shutil.rmtree(place, ignore_errors=True)
