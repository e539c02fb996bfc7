"""Contracts of tracking: what the driver sees of a tracker, and what a choice of the group "tracking" offers.

Nothing is read back by the search: the run folder is the truth, a tracker shows it. So a store that fails never stops
a search; what it missed is written when the same command runs again, for the driver then logs all its trials and those
already there are skipped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from search.jobs.heartbeat import Beat
    from search.jobs.trial import Trial


@dataclass(frozen=True)
class Training:
    """A training that is no trial, such as that of a supernet, or of a trial's network to the end.

    Args:
        name: for people; also what it is recorded under once, with `mark`.
        mark: tells it from others of that name.
        params: how it came about, as texts.
        numbers: last values by name.
        curves: one value an epoch, by name.
        seconds: wall time.
        ended: Unix time in seconds when it ended; 0 if not known.
        reason: why it failed; empty if it did not.
        node: host that ran it.
        tags: what it is found and filtered by; empty ones are left out.
    """

    name: str
    mark: str
    params: Mapping[str, str]
    numbers: Mapping[str, float]
    curves: Mapping[str, Sequence[float]] = field(default_factory=dict)
    seconds: float = 0.0
    ended: float = 0.0
    reason: str = ""
    node: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Origin:
    """Where and when a search has run, for a record that is not made where and when it runs.

    Args:
        on: whether this process searches; else it tells what others have trained, or adds to it.
        began: Unix time in seconds of the search's first start; 0 if not known.
        commit: of the code that has trained it, where this process does not search; empty if not known.
    """

    on: bool = True
    began: float = 0.0
    commit: str = ""


HERE = Origin()


class Tracker(Protocol):
    """Where the driver records a search; no method waits for the store but `close`, and none raises."""

    def open(
        self, run_name: str, search_id: str, params: Mapping[str, Any], resume_command: str, origin: Origin = HERE
    ) -> None:
        """Start the record of a search, or take up the one that this run folder has left; "" leaves its command."""

    def watch(self, running: Mapping[str, Path]) -> None:
        """These trainings run, by name, with the files where they leave how far they are; it looks now and then."""

    def log(self, trial: Trial) -> None:
        """Record a finished trial; of one that is recorded already, only what it lacks, as an earlier version's may."""

    def log_training(self, training: Training) -> None:
        """Record a finished training that is no trial; of one that is recorded already, only what it lacks."""

    def log_hypervolume(self, step: int, value: float) -> None:
        """Record the hypervolume after `step` finished trials; a step that is recorded already is skipped."""

    def log_front(
        self, members: Sequence[int], marks: Mapping[int, str], delivered: Sequence[str] | None = None
    ) -> None:
        """Record which trials are on the front, and what is delivered.

        Args:
            members: of the front, by number.
            marks: words that some trials are marked by.
            delivered: names of children, as `search.tracking.children` gives them to trials and trainings; None where
                that is not known yet, and what was recorded stays.
        """

    def log_confirmed(self, means: Mapping[int, Mapping[str, float]]) -> None:
        """Record what fresh seeds show of trials' networks, by number and name; what is the same is skipped."""

    def log_files(self, files: Sequence[Path]) -> None:
        """Record files as they are now, in place of what they were."""

    def log_exports(self, run: Path) -> None:
        """Record the exported networks that lie in a run folder; one that is recorded already is skipped."""

    def close(
        self,
        status: str,
        artifacts: Sequence[Path] = (),
        metrics: Mapping[str, float] | None = None,
        note: str = "",
    ) -> str:
        """End the record: "FINISHED", "FAILED" or "KILLED", with files, last numbers and a Markdown text.

        Returns:
            Why the store lacks anything of it; empty where it has all.
        """

    def view_command(self) -> str:
        """The command that shows the record; empty where there is none."""

    def view_links(self) -> tuple[str, ...]:
        """Where the record is then seen: the runs of all searches, this search; none while the store has not told."""


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

    def follow(self, beats: Mapping[str, Beat]) -> None:
        """Show trainings that go on, by name, as far as they are."""

    def measure(self) -> None:
        """Show how busy the machine is, where that is known; called often, written now and then."""

    def log(self, trial: Trial) -> None:
        """See `Tracker.log`."""

    def log_training(self, training: Training) -> None:
        """See `Tracker.log_training`."""

    def log_progress(self, volumes: Mapping[int, float]) -> None:
        """Record how many trials have ended, and hypervolumes by step; what is recorded already is skipped."""

    def log_front(self, members: Sequence[int], marks: Mapping[int, str], delivered: Sequence[str] | None) -> None:
        """See `Tracker.log_front`."""

    def log_confirmed(self, means: Mapping[int, Mapping[str, float]]) -> None:
        """See `Tracker.log_confirmed`."""

    def log_files(self, files: Sequence[Path]) -> None:
        """See `Tracker.log_files`."""

    def log_exports(self, run: Path) -> None:
        """See `Tracker.log_exports`."""

    def close(self, status: str, artifacts: Sequence[Path], metrics: Mapping[str, float], note: str) -> None:
        """See `Tracker.close`."""

    @property
    def pages(self) -> tuple[str, ...]:
        """The ends of the addresses that `Tracker.view_links` tells."""
