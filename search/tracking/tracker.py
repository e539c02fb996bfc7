"""What the driver sees of a tracker: calls that never wait and never fail.

Nothing is read back by the search: the run folder is the truth, a tracker shows it. So a store that fails never stops
a search; what it missed is written when the same command runs again, for the driver then logs all its trials and those
already there are skipped.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from search.tracking import store_uri as address
from search.tracking.background_thread import Background

if TYPE_CHECKING:
    from search.jobs.trial import Trial

PATIENCE = 60.0  # seconds at the end of a search without a sign of life from the store; our choice
PAUSE = 30.0  # seconds before a store that failed is tried again; our choice

log = logging.getLogger(__name__)


class Tracker(Protocol):
    """Where the driver records a search; no method waits for the store but `close`, and none raises."""

    def open(self, run_name: str, search_id: str, params: Mapping[str, Any], resume_command: str) -> None:
        """Start the record of a search, or take up the one that this run folder has left."""

    def log(self, trial: Trial) -> None:
        """Record a finished trial; one that is recorded already is skipped."""

    def hypervolume(self, step: int, value: float) -> None:
        """Record the hypervolume after `step` finished trials; a step that is recorded already is skipped."""

    def close(
        self,
        status: str,
        artifacts: Sequence[Path] = (),
        metrics: Mapping[str, float] | None = None,
        note: str = "",
    ) -> None:
        """End the record: "FINISHED", "FAILED" or "KILLED", with files, last numbers and a Markdown text."""

    def view_command(self) -> str:
        """The command that shows the record; empty where there is none."""


class Tracking(Protocol):
    """A frozen configuration dataclass that says where searches are recorded; choices of the group "tracking"."""

    def check(self) -> None:
        """See, before anything is trained, that a record can be kept; the store itself is not asked.

        Raises:
            ConfigError: with what to change.
        """

    def tracker(self, runs: Path) -> Tracker:
        """The tracker of one search.

        Args:
            runs: folder of all runs, for what is kept beside them.

        Raises:
            ConfigError: as `check`.
        """


class Record(Protocol):
    """An open record in a store; its methods take their time and raise what goes wrong."""

    def log(self, trial: Trial) -> None:
        """See `Tracker.log`."""

    def hypervolume(self, step: int, value: float) -> None:
        """See `Tracker.hypervolume`."""

    def close(self, status: str, artifacts: Sequence[Path], metrics: Mapping[str, float], note: str) -> None:
        """See `Tracker.close`."""


class SilentTracker:
    """A tracker that does nothing."""

    def open(self, run_name: str, search_id: str, params: Mapping[str, Any], resume_command: str) -> None:
        """Nothing."""

    def log(self, trial: Trial) -> None:
        """Nothing."""

    def hypervolume(self, step: int, value: float) -> None:
        """Nothing."""

    def close(
        self,
        status: str,
        artifacts: Sequence[Path] = (),
        metrics: Mapping[str, float] | None = None,
        note: str = "",
    ) -> None:
        """Nothing."""

    def view_command(self) -> str:
        """Nothing."""
        return ""


class BackgroundTracker:
    """Records in a store from one background thread.

    Args:
        connect: opens the record of a search, from the arguments of `Tracker.open`; called in the thread,
            again after every failure.
        place: the store as messages name it.
        view: the command that shows the store.
        patience: seconds that `close` waits for a store that gives no sign of life.
    """

    def __init__(self, connect: Callable[..., Record], place: str, view: str, *, patience: float = PATIENCE) -> None:
        self._connect = connect
        self._place = place
        self._view = view
        self._patience = patience
        self._thread = Background("tracker")
        self._open: Callable[[], Record] | None = None
        self._record: Record | None = None
        self._missed: list[Callable[[Record], None]] = []
        self._failed_at = -math.inf
        self._warned = False

    def open(self, run_name: str, search_id: str, params: Mapping[str, Any], resume_command: str) -> None:
        """See `Tracker.open`."""
        self._open = partial(self._connect, run_name, search_id, params, resume_command)
        self._submit(lambda record: None)

    def log(self, trial: Trial) -> None:
        """See `Tracker.log`."""
        self._submit(lambda record: record.log(trial))

    def hypervolume(self, step: int, value: float) -> None:
        """See `Tracker.hypervolume`."""
        self._submit(lambda record: record.hypervolume(step, value))

    def close(
        self,
        status: str,
        artifacts: Sequence[Path] = (),
        metrics: Mapping[str, float] | None = None,
        note: str = "",
    ) -> None:
        """See `Tracker.close`; waits until all is written or the store gives no sign of life any more."""
        numbers = dict(metrics or {})
        self._submit(lambda record: record.close(status, tuple(artifacts), numbers, note), pause=0.0)
        if not self._thread.finish(self._patience):
            self._warn(f"it has not answered for {self._patience:g} s")

    def view_command(self) -> str:
        """See `Tracker.view_command`."""
        return self._view

    def _submit(self, job: Callable[[Record], None], pause: float = PAUSE) -> None:
        self._thread.submit(lambda: self._attempt(job, pause))

    def _attempt(self, job: Callable[[Record], None], pause: float) -> None:
        """Do a job after those missed before; runs in the thread."""
        self._missed.append(job)
        if self._open is None or time.monotonic() - self._failed_at < pause:
            return
        jobs, self._missed = self._missed, []
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

    def _fail(self, error: Exception) -> None:
        self._failed_at = time.monotonic()
        self._warn(" ".join(str(error).split())[:500] or type(error).__name__)

    def _warn(self, reason: str) -> None:
        if not self._warned:
            log.warning(
                "%s cannot be written: %s. The search goes on and its run folder is complete; mend the store "
                "or choose another with tracking.uri=..., then run the same command again: it adds what is "
                "missing.",
                self._place,
                address.hide_password(reason),
            )
        self._warned = True
