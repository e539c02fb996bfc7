"""One thread that does jobs in order, off the critical path of the driver."""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread

Job = Callable[[], None]


class Background:
    """A queue of jobs and the thread that does them, started with the first.

    Args:
        name: of the thread.
        look: done after every pause without a job, from the first job on.
        pause: seconds.

    Jobs deal with their own errors. The thread ends with the process: what is then still in the queue is not
        done.
    """

    def __init__(self, name: str, look: Job = lambda: None, pause: float = 60.0) -> None:
        self._look, self._pause = look, pause
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name=name, daemon=True)
        self._done = 0

    def submit(self, job: Job) -> None:
        """Queue a job; returns at once."""
        if self._thread.ident is None:
            self._thread.start()
        self._jobs.put(job)

    def finish(self, patience: float) -> bool:
        """Wait for the queued jobs and end the thread.

        Args:
            patience: seconds without any job getting done after which to give up.

        Returns:
            Whether all was done.
        """
        if self._thread.ident is None:
            return True
        self._jobs.put(None)
        done, since = self._done, time.monotonic()
        while self._thread.is_alive() and time.monotonic() - since < patience:
            self._thread.join(min(0.2, patience))
            if self._done != done:
                done, since = self._done, time.monotonic()
        return not self._thread.is_alive()

    def _work(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=self._pause)
            except Empty:
                self._look()
                continue
            if job is None:
                return
            job()
            self._done += 1
