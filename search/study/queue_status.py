"""Where a trial queue stands: open, spent, stopped or stuck, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class QueueState(Enum):
    """Whether jobs start; when stopped or stuck, those that wait do not start either."""

    OPEN = auto()
    """They do, as long as there is budget."""
    SPENT = auto()
    """There is nothing left to train, though there is budget: the end of a search that went well."""
    STOPPED = auto()
    """Something is to be mended; then the same command goes on."""
    STUCK = auto()
    """As stopped, but the same command cannot go on: what is there already decides that."""


@dataclass(frozen=True)
class QueueStatus:
    """A state and why it came to it.

    Args:
        state: of the queue.
        reason: a sentence for people; empty while the queue is open.
    """

    state: QueueState = QueueState.OPEN
    reason: str = ""

    @property
    def stopped(self) -> bool:
        """Whether this start of the search is over before its end: stopped or stuck."""
        return self.state in (QueueState.STOPPED, QueueState.STUCK)


OPEN = QueueStatus()
