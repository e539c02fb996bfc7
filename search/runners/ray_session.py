"""A block in which this process is at Ray: at a cluster's, at one that is up in it, or at one of its own.

One of its own takes seconds to start, in which it mostly waits: a search has it started before it is built, and the run
takes it over and ends it.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from search.runners.ray_connection import connect
from spaces.common.interruption import take_sigterm, tell_first
from spaces.common.machine_faults import MachineError

QUIET = {
    "RAY_AIR_NEW_OUTPUT": "0",
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",  # no CSV, JSON and TensorBoard files beside ours
    "TUNE_MAX_PENDING_TRIALS_PG": "1000000",  # how many run at a time is the searcher's to say
    "TUNE_GLOBAL_CHECKPOINT_S": "1000000",  # Tune's experiment state is never read back
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "1",  # a training that takes no GPU sees none
    "RAY_CHDIR_TO_TRIAL_DIR": "0",  # relative paths mean the same on a worker as in the driver
}
# A search on one machine is nobody else's business: this makes Ray listen on 127.0.0.1 alone, as it does by default on
# systems where it knows no clusters; it offers no other switch.
LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
# Threads that wait for each other spin for a moment only (turns; a library's default is thirty times as many). On two
# cores, an epoch of one thread being 1: two threads 0.8 with either; beside two busy processes 6.4, and so 2.1. By
# `python -m search.run runner=inline runner.cpus_per_trial=2 budget=null sampler=random trials=1 trainer.epochs=2`.
SPIN = {"GOMP_SPINCOUNT": "10000"}


@dataclass(frozen=True)
class Early:
    """A Ray that was started early, or why it does not start.

    Args:
        place: a folder to be removed once it is shut down, if one was made.
        error: told by whoever takes it over.
    """

    place: Path | None = None
    error: MachineError | None = None


_waiting: list[Early] = []
"""The one that no block has taken over yet."""


@contextmanager
def at_ray(address: str | None) -> Iterator[None]:
    """This process is connected to Ray in the block, and to one of its own no longer after it.

    Args:
        address: of a cluster, or None for a Ray of this process's own.

    Raises:
        ConfigError: no cluster answers there, or this process is at another one.
        MachineError: Ray does not start here.
    """
    _set_environment(address)
    import ray  # ray: 0.5 s, and QUIET has to be set before

    early = _waiting.pop() if _waiting else None
    if early and early.error:
        raise early.error
    ours = early is not None or not ray.is_initialized()  # else it is somebody else's
    place = early.place if early else connect(address)
    try:
        _take_signals()
        yield
    finally:
        if ours:
            _end(place)


@contextmanager
def started_early() -> Iterator[None]:
    """A Ray of this process's own is started for a block of `at_ray` in this one, and torch is read beside it.

    That it does not start is told by that block. Where there is a Ray in this process already, it is used.
    """
    _set_environment(None)
    import ray  # ray: as in `at_ray`

    try:
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(import_module, "torch")
            if not ray.is_initialized():
                _waiting.append(_start())
                _take_signals()
        reading.result()
        yield
    finally:
        while _waiting:  # nobody came for it
            early = _waiting.pop()
            if not early.error:
                _end(early.place)


def _start() -> Early:
    try:
        return Early(connect(None))
    except MachineError as error:
        return Early(error=error)


def _end(place: Path | None) -> None:
    import ray  # ray: as in `at_ray`

    gc.collect()  # Tune's leftovers would count as references within the next Ray, whose names are the same
    ray.shutdown()
    if place:
        shutil.rmtree(place, ignore_errors=True)


def _set_environment(address: str | None) -> None:
    os.environ.update(QUIET)
    if not address:
        os.environ.update({**SPIN, **os.environ, **LOOPBACK})
    else:
        os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "error")  # what goes wrong is told once, in a message


def _take_signals() -> None:
    """Again, for Ray takes SIGTERM for itself."""
    take_sigterm()
    tell_first()
