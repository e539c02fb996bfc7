"""What a runner does: take jobs from the agenda, run them somewhere, hand the outcomes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from search.agenda import Agenda


class Runner(Protocol):
    """A frozen configuration dataclass that runs jobs."""

    @property
    def threads(self) -> int:
        """CPU threads a job may use."""

    def run(self, agenda: Agenda, folder: Path, started: Callable[[int], None]) -> None:
        """Run until the agenda has no next job and every job is answered.

        Args:
            agenda: hands out jobs and takes outcomes.
            folder: the run folder; on storage that every node shares.
            started: called once with the number of jobs that run at a time.

        Raises:
            KeyboardInterrupt: the user stopped the run.
        """
