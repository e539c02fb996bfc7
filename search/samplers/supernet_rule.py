"""Which spaces a supernet serves."""

from __future__ import annotations

import random
from itertools import chain, islice

from search.problem.problem import Problem
from spaces.choices import cover
from spaces.errors import ConfigError
from spaces.pattern.block import Gates
from spaces.pattern.walk import list_blocks

LOOKED_AT = 2000  # patterns: our choice


def refuse_unserved(problem: Problem, given: str) -> None:
    """Refuse a space whose patterns have no weights in common that could rank them.

    Args:
        problem: of the search.
        given: setting that asks for a supernet.

    Raises:
        ConfigError: with the reason.
    """
    space, tasks = problem.space, problem.tasks
    mend = "take space=fusion or space=branching, or sampler=frontier without a prior"
    anchors = (anchor.pattern for anchor in space.anchors(tasks).values())
    drawn = (each.pattern for each in islice(cover(space, tasks, random.Random(0)), LOOKED_AT))
    made: dict[str, str] = {}
    for pattern in chain(anchors, drawn):
        met: set[str] = set()
        for block in list_blocks(pattern):
            if isinstance(block.role, Gates):
                raise ConfigError(
                    f"{given}: the gates of space={space.name} decide while they learn what a network costs, so that a "
                    f"supernet cannot tell it; {mend}"
                )
            first = block.name not in met
            met.add(block.name)
            if first and made.setdefault(block.name, block.computation) != block.computation:
                raise ConfigError(
                    f"{given}: in space={space.name} block {block.name} is one thing in one pattern and another in the "
                    f"next, so that they have no weights in common; {mend}"
                )
