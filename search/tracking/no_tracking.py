"""No tracking: the choice "none", and the tracker that does nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from search.tracking.tracker import HERE, Origin

if TYPE_CHECKING:
    from search.jobs.trial import Trial
    from search.tracking.tracker import Tracker, Training


@dataclass(frozen=True)
class NoTracking:
    """No record beside the run folder."""

    group: ClassVar[str] = "tracking"

    def check(self) -> None:
        """Nothing can be wrong."""

    def tracker(self, runs: Path) -> Tracker:
        """A tracker that does nothing."""
        return SilentTracker()


class SilentTracker:
    """A tracker that does nothing."""

    def open(
        self, run_name: str, search_id: str, params: Mapping[str, Any], resume_command: str, origin: Origin = HERE
    ) -> None:
        """Nothing."""

    def watch(self, running: Mapping[str, Path]) -> None:
        """Nothing."""

    def log(self, trial: Trial) -> None:
        """Nothing."""

    def log_training(self, training: Training) -> None:
        """Nothing."""

    def log_hypervolume(self, step: int, value: float) -> None:
        """Nothing."""

    def log_front(
        self, members: Sequence[int], marks: Mapping[int, str], delivered: Sequence[str] | None = None
    ) -> None:
        """Nothing."""

    def log_confirmed(self, means: Mapping[int, Mapping[str, float]]) -> None:
        """Nothing."""

    def log_files(self, files: Sequence[Path]) -> None:
        """Nothing."""

    def log_exports(self, run: Path) -> None:
        """Nothing."""

    def close(
        self,
        status: str,
        artifacts: Sequence[Path] = (),
        metrics: Mapping[str, float] | None = None,
        note: str = "",
    ) -> str:
        """Nothing."""
        return ""

    def view_command(self) -> str:
        """Nothing."""
        return ""

    def view_links(self) -> tuple[str, ...]:
        """None."""
        return ()
