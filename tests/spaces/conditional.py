"""A space whose second question depends on the first answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spaces.choices import Choose, Proposal
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing, uniform


@dataclass(frozen=True)
class Conditional:
    """Of two decisions or of one; 2 + 1 + 1 choices make 3 patterns."""

    name: str = "conditional"

    def sample(self, choose: Choose, tasks: Sequence[str]) -> SharingPattern:
        style = choose("style", ("partly", "fused", "fused too"))
        if style != "partly":
            return hard_sharing(tasks, 1, 2)
        apart = tuple((task,) for task in tasks)
        first = choose("first", (True, False))
        return uniform(tasks, 1, [(tuple(tasks),) if first else apart, apart])

    def anchors(self, tasks: Sequence[str]) -> dict[str, Proposal]:
        return {}
