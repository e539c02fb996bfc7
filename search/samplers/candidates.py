"""What a model-based sampler chooses among: all patterns of a small space, else some, the estimated front among them.

The others are neighbours of the best patterns so far, and random draws.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np

from search.problem.chain_front import list_estimated_front
from search.problem.problem import Problem
from spaces.choices import Proposal, Space, draw, enumerate_patterns, mutate, replay

PROBED = 2000  # draws that tell whether a space can be enumerated
MANY = 8_000  # patterns, by Chao's estimate from those draws (Chao 1984, a lower bound), from which that is not tried
LARGEST = 10_000  # patterns of a space that is looked at whole; a few seconds, once
NEAR = 0.1  # of a gap between costs: how far from its middle a pattern may lie
DRAWN, BRED = 100, 200  # of a large space, for one proposal


@lru_cache(maxsize=4)
def enumerate_all(space: Space, tasks: tuple[str, ...]) -> tuple[Proposal, ...]:
    """All patterns of a small space; nothing of a large one."""
    rng = random.Random(0)
    drawn = Counter(draw(space, tasks, rng).pattern.key for _ in range(PROBED))
    times = Counter(drawn.values())
    if len(drawn) + times[1] ** 2 / (2 * max(1, times[2])) > MANY:
        return ()
    found = tuple(islice(enumerate_patterns(space, tasks), LARGEST + 1))
    return found if len(found) <= LARGEST else ()


def collect_candidates(
    space: Space, tasks: tuple[str, ...], parents: Sequence[dict[str, Any]], seed: int
) -> tuple[Proposal, ...]:
    """Patterns with keys of their own.

    Args:
        space: that they are drawn from.
        tasks: sorted names.
        parents: choices of good patterns, whose neighbours are worth a look.
        seed: of the draws.
    """
    known = enumerate_all(space, tasks)  # type: ignore[arg-type]  # spaces are frozen
    if known:
        return known
    rng = random.Random(seed)
    found = [draw(space, tasks, rng) for _ in range(DRAWN)]
    for _ in range(BRED if parents else 0):
        parent = replay_all(space, tasks, tuple(rng.choice(parents).items()))  # type: ignore[arg-type]  # frozen
        child = mutate(space, tasks, parent, rng)
        # One step or two: the second leaves a local optimum of single decisions.
        found.append(child if rng.random() < 0.5 else mutate(space, tasks, child, rng))
    return tuple({proposal.pattern.key: proposal for proposal in found}.values())


def collect_with_front(problem: Problem, parents: Sequence[dict[str, Any]], seed: int) -> tuple[Proposal, ...]:
    """The same, and of a large space first the front that a supernet estimates, where there is one.

    Args:
        problem: what is searched.
        parents: choices of good patterns, whose neighbours are worth a look.
        seed: of the draws.
    """
    found = collect_candidates(problem.space, problem.tasks, parents, seed)
    if enumerate_all(problem.space, problem.tasks):  # type: ignore[arg-type]  # spaces are frozen
        return found
    return tuple({each.pattern.key: each for each in (*list_estimated_front(problem), *found)}.values())


@lru_cache(maxsize=4096)
def replay_all(space: Space, tasks: tuple[str, ...], choices: tuple[tuple[str, Any], ...]) -> Proposal:
    """A trial's pattern."""
    return replay(space, tasks, dict(choices))


def choose_apart(problem: Problem, fresh: Sequence[Proposal], patterns: Sequence[Proposal], seed: int) -> Proposal:
    """A random one of those nearest the middle of the widest gap between known costs that has some in it; else any."""
    costs = np.array([problem.cost(each.pattern).macs for each in fresh], dtype=float)
    known = np.unique([problem.cost(each.pattern).macs for each in patterns])
    if len(known) < 2:
        return random.Random(seed).choice(fresh)
    gaps = np.diff(known)
    inside = (known[0] < costs) & (costs < known[-1]) & ~np.isin(costs, known)
    if not inside.any():
        return random.Random(seed).choice(fresh)
    places = np.searchsorted(known, costs) - 1
    filled = np.unique(places[inside])  # a gap that no cost lies in stays as wide as it is
    widest = int(filled[np.argmax(gaps[filled])])
    away = np.where(inside & (places == widest), np.abs(costs - known[widest : widest + 2].mean()), np.inf)
    near = np.flatnonzero(away <= away.min() + NEAR * gaps[widest])
    return fresh[random.Random(seed).choice(near.tolist())]
