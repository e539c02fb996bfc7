"""All patterns of a search space, one after the other or counted, and few that cover its options."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement, islice
from typing import Any

from spaces.pattern.sharing_pattern import SharingPattern
from spaces.space import Proposal, Space, record


def enumerate_patterns(space: Space, tasks: Sequence[str]) -> Iterator[Proposal]:
    """Every pattern with a key of its own, once, in a fixed order.

    Walks the tree of decisions depth first. Of the choices that make one network, the first met stand for it.
    """
    patterns: set[SharingPattern] = set()
    keys: set[str] = set()
    for proposal in _walk_choices(space, tasks):
        # Hashing a pattern is far cheaper than its key, and most choices repeat a pattern.
        if proposal.pattern in patterns:
            continue
        patterns.add(proposal.pattern)
        if proposal.pattern.key not in keys:
            keys.add(proposal.pattern.key)
            yield proposal


def count_patterns(space: Space, tasks: Sequence[str], at_most: int | None = None) -> int:
    """Number of patterns with a key of their own.

    Args:
        space: what is counted.
        tasks: distinct task names.
        at_most: stop counting there, for spaces too large to walk through.
    """
    return sum(1 for _ in islice(enumerate_patterns(space, tasks), at_most))


def cover(space: Space, tasks: Sequence[str], rng: random.Random) -> Iterator[Proposal]:
    """Random patterns in which every pair of options of two decisions that were met occurs, where it can.

    What breaks a pattern, such as a ratio too small for a narrow stage, is mostly one option at one place.

    Args:
        space: what is covered.
        tasks: distinct task names.
        rng: draws what is not forced.
    """
    wanted: dict[tuple[str, int], dict[str, int]] = {}  # by option, the answers that first led to its decision
    shown: set[frozenset[tuple[str, int]]] = set()

    def propose(forced: Mapping[str, int]) -> Proposal:
        answers: dict[str, int] = {}

        def choose(name: str, options: Sequence[Any]) -> Any:
            for index in range(len(options)):
                wanted.setdefault((name, index), dict(answers))
            answers[name] = forced[name] if name in forced else rng.randrange(len(options))
            return options[answers[name]]

        proposal = record(space, tasks, choose)
        shown.update(map(frozenset, combinations_with_replacement(answers.items(), 2)))
        return proposal

    yield propose({})
    tried: set[frozenset[tuple[str, int]]] = set()
    while True:
        pairs = map(frozenset, combinations_with_replacement(list(wanted), 2))
        missing = [pair for pair in pairs if pair not in shown and pair not in tried and len(dict(pair)) == len(pair)]
        if not missing:
            return
        for pair in missing:
            if pair not in shown:
                yield propose(dict(pair))
            if pair not in shown:  # other answers led past a decision
                led = {name: index for option in pair for name, index in wanted[option].items()}
                yield propose({**led, **dict(pair)})
            tried.add(pair)


def _walk_choices(space: Space, tasks: Sequence[str]) -> Iterator[Proposal]:
    """Every path through the tree of decisions, depth first, the last decision varying fastest."""
    path: list[tuple[int, int]] = []  # (option taken, number of options) per decision

    while True:
        steps = iter(tuple(path))

        def choose(name: str, options: Sequence[Any], steps: Iterator[tuple[int, int]] = steps) -> Any:
            taken = next(steps, None)
            if taken is None:
                taken = (0, len(options))
                path.append(taken)
            return options[taken[0]]

        yield record(space, tasks, choose)
        while path and path[-1][0] + 1 == path[-1][1]:
            path.pop()
        if not path:
            return
        option, options_count = path.pop()
        path.append((option + 1, options_count))
