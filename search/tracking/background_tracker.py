"""A tracker whose calls never wait and never fail: one background thread records in the store.

What could not be written waits and is tried again; the first failure is one warning, and the search goes on. What is
told of the whole search after every trial is gathered and written every few seconds, for in a store each write is a
transaction of milliseconds.
"""

from __future__ import annotations

import logging
import math
import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.jobs.heartbeat import read_beat
from search.tracking import store_uri
from search.tracking.background_thread import Background
from search.tracking.gathered import Front, Gathered
from search.tracking.tracker import HERE, Origin
from spaces.common.interpreter import spell_python

if TYPE_CHECKING:
    from search.jobs.trial import Trial
    from search.tracking.tracker import Record, Training

PATIENCE = 60.0  # seconds at the end of a search without a sign of life from the store; our choice
PAUSE = 30.0  # seconds before a store that failed is tried again; our choice
SOON = 15.0  # seconds until a search's workers have read their libraries; our choice
LOOK = 5.0  # seconds between two looks at what runs, while nothing else is to be recorded; our choice
# What requests say of it, with names of its classes and the rest of the address.
UNREACHED = re.compile(r"HTTPS?ConnectionPool\(.*?(?:\[Errno -?\d+\] )(?P<why>[^'\")]+)")

log = logging.getLogger(__name__)


class BackgroundTracker:
    """Records in a store from one background thread.

    Args:
        connect: opens the record of a search, from the arguments of `Tracker.open`; called in the thread,
            again after every failure.
        place: the store as messages name it.
        view: the command that shows the store.
        site: where it is then seen; empty where that is not known.
        patience: seconds that `close` waits for a store that gives no sign of life.
        look: seconds between two looks at what runs.
        soon: seconds after which the record is opened if nothing is to be recorded before.
    """

    def __init__(
        self,
        connect: Callable[..., Record],
        place: str,
        view: str,
        site: str = "",
        *,
        patience: float = PATIENCE,
        look: float = LOOK,
        soon: float = SOON,
    ) -> None:
        self._connect = connect
        self._place = place
        self._view, self._site = view, site
        self._patience = patience
        self._thread = Background("tracker", self._look, look)
        self._running: Mapping[str, Path] = {}
        self._open: Callable[[], Record] | None = None
        self._record: Record | None = None
        self._missed: list[Callable[[Record], None]] = []
        self._gathered, self._gather_for, self._written_at = Gathered(), look, -math.inf
        self._since, self._soon, self._begun = -math.inf, soon, False
        self._failed_at = -math.inf
        self._reason = ""  # why the store could not be written, the last time

    def open(
        self, run_name: str, search_id: str, params: Mapping[str, Any], resume_command: str, origin: Origin = HERE
    ) -> None:
        """See `Tracker.open`; done when something is to be recorded, or soon.

        At once it would take its time from the workers, which read their libraries then: two seconds of a start of ten.
        """
        self._open = partial(self._connect, run_name, search_id, params, resume_command, origin)
        self._since = time.monotonic()
        self._thread.submit(lambda: None)  # it looks every few seconds from now on

    def watch(self, running: Mapping[str, Path]) -> None:
        """See `Tracker.watch`."""
        self._running = dict(running)

    def log(self, trial: Trial) -> None:
        """See `Tracker.log`."""
        self._submit(lambda record: record.log(trial))
        self._gather({}, None)

    def log_training(self, training: Training) -> None:
        """See `Tracker.log_training`."""
        self._submit(lambda record: record.log_training(training))

    def log_hypervolume(self, step: int, value: float) -> None:
        """See `Tracker.log_hypervolume`."""
        self._gather({step: value}, None)

    def log_front(
        self, members: Sequence[int], marks: Mapping[int, str], delivered: Sequence[str] | None = None
    ) -> None:
        """See `Tracker.log_front`."""
        self._gather({}, (members, marks, delivered))

    def log_confirmed(self, means: Mapping[int, Mapping[str, float]]) -> None:
        """See `Tracker.log_confirmed`."""
        if means:
            self._submit(lambda record: record.log_confirmed(means))

    def log_files(self, files: Sequence[Path]) -> None:
        """See `Tracker.log_files`."""
        self._submit(lambda record: record.log_files([path for path in files if path.is_file()]))

    def log_exports(self, run: Path) -> None:
        """See `Tracker.log_exports`."""
        self._submit(lambda record: record.log_exports(run))

    def close(
        self,
        status: str,
        artifacts: Sequence[Path] = (),
        metrics: Mapping[str, float] | None = None,
        note: str = "",
    ) -> str:
        """See `Tracker.close`; waits until all is written or the store gives no sign of life any more."""
        numbers = dict(metrics or {})
        self._thread.submit(self._write_gathered)
        self._submit(lambda record: record.close(status, tuple(artifacts), numbers, note), pause=0.0)
        if not self._thread.finish(self._patience):
            self._warn(f"it has not answered for {self._patience:g} s")
            return self._reason
        return self._reason if self._missed else ""

    def view_command(self) -> str:
        """See `Tracker.view_command`."""
        return self._view

    def view_links(self) -> tuple[str, ...]:
        """See `Tracker.view_links`."""
        record = self._record
        return tuple(f"{self._site}/{page}" for page in record.pages) if record and self._site else ()

    def _submit(self, job: Callable[[Record], None], pause: float = PAUSE) -> None:
        self._thread.submit(lambda: self._attempt(job, pause))

    def _gather(self, volumes: Mapping[int, float], front: Front | None) -> None:
        def add() -> None:
            self._gathered = self._gathered.add(volumes, front)
            if time.monotonic() - self._written_at >= self._gather_for:
                self._write_gathered()

        self._thread.submit(add)

    def _write_gathered(self) -> None:
        """Write what was gathered of the whole search; runs in the thread."""
        found, self._gathered, self._written_at = self._gathered, Gathered(), time.monotonic()
        if found.due:
            self._attempt(found.write, PAUSE)

    def _attempt(self, job: Callable[[Record], None], pause: float) -> None:
        """Do a job after those missed before; runs in the thread."""
        self._missed.append(job)
        if self._open is None or time.monotonic() - self._failed_at < pause:
            return
        jobs, self._missed, self._begun = self._missed, [], True
        for position, each in enumerate(jobs):
            try:
                self._record = self._record or self._open()
            except Exception as error:  # whatever the store or the network raise: the search goes on
                self._missed += jobs[position:]
                return self._fail(error)
            try:
                each(self._record)
            except Exception as error:  # a record that it refuses must not keep the others out
                # What the failed write has left is only known by looking again, as after a kill.
                self._record = None
                self._missed.append(each)
                self._fail(error)

    def _look(self) -> None:
        """Write what was gathered, then how far trainings are and how busy the machine is, which is not owed later."""
        self._write_gathered()
        if not self._begun and time.monotonic() - self._since >= self._soon:
            self._attempt(lambda record: None, PAUSE)
        if self._record is None:
            return
        found = {name: read_beat(file) for name, file in self._running.items()}
        try:
            if beats := {name: beat for name, beat in found.items() if beat}:
                self._record.follow(beats)
            self._record.measure()
        except Exception as error:  # as in `_attempt`
            self._record = None
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._failed_at = time.monotonic()
        self._warn(_shorten(error))

    def _warn(self, reason: str) -> None:
        before, self._reason = self._reason, store_uri.hide_password(reason)
        if not before:
            log.warning(
                "%s cannot be written: %s. Nothing is lost, the run folder has it all. Mend the store, then the same "
                "command adds what is missing; `%s -m search.track RUN --uri URI` records the run in another.",
                self._place,
                self._reason,
                spell_python(),
            )


def _shorten(error: Exception) -> str:
    """The beginning of what an error says, in one line; of a server that is not reached, why alone."""
    text = " ".join(str(error).split())
    if found := UNREACHED.search(text):
        text = f"the server is not reached ({found['why']})"
    return text[:300] or type(error).__name__
