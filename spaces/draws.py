"""Which pattern of a space a supernet trains at which step: a pure function of seed and step, so it can be resumed.

Small spaces are listed, and every pattern comes once before one comes again; of large ones patterns are drawn, and few
hold between them what is built and, of trees with not too many chains of groups, all that can be estimated.
Every eighth step is a landmark's, in place of the pattern that would have come.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from spaces.chains import TreeSpace
from spaces.choices import Space, count_patterns, draw, enumerate_patterns
from spaces.errors import PatternError
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.walk import list_blocks

MOST_CHAINS = 20_000  # of a large space of trees that is covered whole: a quarter of an hour on two cores; our choice
LARGEST = 10_000  # patterns of a space that is listed; seconds, once
QUIET = 1_000  # draws in a row without a block that is new, after which a large space has shown them all: our choice
TRIES = 1_000  # draws for one step, until one is within the limits and of known blocks

OFTEN = 8  # every such step is a landmark's: of many patterns the all-fused one would hardly ever be drawn

Allows = Callable[[SharingPattern], bool]


@dataclass(frozen=True)
class Listed:
    """All patterns, each once a round in an order of that round's own.

    Args:
        patterns: of the space that are allowed.
        seed: of the orders.
        landmarks: that have further steps of their own, see `OFTEN`.
    """

    patterns: tuple[SharingPattern, ...]
    seed: int
    landmarks: tuple[SharingPattern, ...] = ()

    def at(self, step: int) -> SharingPattern:
        """Drawn uniformly without replacement, but for landmarks' own steps."""
        if landmark := _find_landmark(self.landmarks, step):
            return landmark
        turn, place = divmod(step, len(self.patterns))
        return self.patterns[_shuffle_rows(len(self.patterns), self.seed, turn)[place]]


@dataclass(frozen=True)
class Drawn:
    """Patterns by independent, uniform decisions.

    Args:
        space: that they are drawn from.
        tasks: sorted names.
        seed: of the draws.
        allows: whether a pattern is within the limits.
        patterns: that hold every block between them, and where `is_covered` says so every computation, which is then
            in the estimates.
        blocks: names of these; a pattern with another is not drawn.
        landmarks: that have further steps of their own, see `OFTEN`.
    """

    space: Space
    tasks: tuple[str, ...]
    seed: int
    allows: Allows
    patterns: tuple[SharingPattern, ...]
    blocks: frozenset[str]
    landmarks: tuple[SharingPattern, ...] = ()

    def at(self, step: int) -> SharingPattern:
        """The first allowed one of the step's draws."""
        if landmark := _find_landmark(self.landmarks, step):
            return landmark
        rng = random.Random(f"{self.seed}/{step}")
        for _ in range(TRIES):
            pattern = draw(self.space, self.tasks, rng).pattern
            if self.allows(pattern) and all(block.name in self.blocks for block in list_blocks(pattern)):
                return pattern
        return rng.choice(self.patterns)


def _find_landmark(landmarks: Sequence[SharingPattern], step: int) -> SharingPattern | None:
    """Whose step it is: every so often a landmark's, in turn."""
    turn, place = divmod(step, OFTEN)
    return landmarks[turn % len(landmarks)] if place == 0 and landmarks else None


def plan_draws(space: Space, tasks: Sequence[str], seed: int, allows: Allows) -> Listed | Drawn:
    """What a supernet of a space is trained on.

    Args:
        space: that patterns are drawn from.
        tasks: distinct task names.
        seed: of the draws.
        allows: whether a pattern is within the limits.

    Raises:
        PatternError: no pattern that was met is allowed.
    """
    tasks = tuple(sorted(tasks))
    landmarks = tuple(each.pattern for each in space.anchors(tasks).values() if allows(each.pattern))
    listed = tuple(islice((each.pattern for each in enumerate_patterns(space, tasks)), LARGEST + 1))
    if len(listed) <= LARGEST:
        allowed = tuple(pattern for pattern in listed if allows(pattern))
        if not allowed:
            raise PatternError(f"no pattern of space={space.name} is within the limits: want one to train; raise them")
        return Listed(allowed, seed, landmarks)
    found = cover_space(space, tasks, allows)
    blocks = frozenset(block.name for each in found for block in list_blocks(each))
    return Drawn(space, tasks, seed, allows, found, blocks, landmarks)


def is_covered(space: Space, tasks: Sequence[str]) -> bool:
    """Whether a supernet's patterns hold every computation of the space within the limits, so that all are estimated.

    In larger spaces only the computations of those that were drawn are.
    """
    if isinstance(space, TreeSpace) and space.count_chains(tasks) <= MOST_CHAINS:
        return True
    return count_patterns(space, tasks, at_most=LARGEST + 1) <= LARGEST


def cover_space(space: Space, tasks: Sequence[str], allows: Allows) -> tuple[SharingPattern, ...]:
    """Few allowed patterns of a large space: with all chains of its trees, or with all blocks that are met.

    Args:
        space: that they are drawn from.
        tasks: distinct task names.
        allows: whether a pattern is within the limits of cost.

    Raises:
        PatternError: none that was met is allowed.
    """
    tasks = tuple(sorted(tasks))
    found: tuple[SharingPattern, ...] = ()
    if isinstance(space, TreeSpace) and space.count_chains(tasks) <= MOST_CHAINS:
        # What is beyond the limits is the cheapest pattern with its chain, so no allowed one needs that.
        found = tuple(filter(allows, space.cover_chains(tasks)))
    return found or _cover_blocks(space, tasks, allows)


def _cover_blocks(space: Space, tasks: tuple[str, ...], allows: Allows) -> tuple[SharingPattern, ...]:
    """Allowed patterns that hold all blocks that were met."""
    found: list[SharingPattern] = []
    blocks: set[str] = set()
    quiet = 0
    for pattern in _propose(space, tasks):
        names = {block.name for block in list_blocks(pattern)} if allows(pattern) else set()
        quiet = quiet + 1 if names <= blocks else 0
        if not quiet:
            found.append(pattern)
            blocks |= names
        if quiet >= QUIET:
            break
    if not found:
        raise PatternError(f"{QUIET} draws of space={space.name} gave no pattern within the limits: raise them")
    return tuple(found)


def _propose(space: Space, tasks: tuple[str, ...]) -> Iterator[SharingPattern]:
    """Landmarks, then draws without end."""
    yield from (anchor.pattern for anchor in space.anchors(tasks).values())
    rng = random.Random(0)
    while True:
        yield draw(space, tasks, rng).pattern


@lru_cache(maxsize=8)
def _shuffle_rows(count: int, seed: int, turn: int) -> tuple[int, ...]:
    rows = list(range(count))
    random.Random(f"{seed}/{turn}").shuffle(rows)
    return tuple(rows)
