"""What is told of a search as a whole after every trial, gathered until it is written at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.tracking.tracker import Record

Front = tuple[Sequence[int], Mapping[int, str], Sequence[str] | None]  # arguments of `Tracker.log_front`


@dataclass(frozen=True)
class Gathered:
    """Hypervolumes by step, and the front as it is now: one that was told before is of no interest any more.

    Args:
        volumes: of the objectives, by number of finished trials.
        front: the last that was told.
        due: whether anything is to be written.
    """

    volumes: Mapping[int, float] = field(default_factory=dict)
    front: Front | None = None
    due: bool = False

    def add(self, volumes: Mapping[int, float], front: Front | None) -> Gathered:
        """With what was told later."""
        return Gathered({**self.volumes, **volumes}, front or self.front, True)

    def write(self, record: Record) -> None:
        """Write it all; raises what goes wrong. Written twice it is there once."""
        record.log_progress(self.volumes)
        if self.front is not None:
            record.log_front(*self.front)
