"""What there is to search: how many patterns a space has, what they cost, and what the limits leave of them.

Small spaces are walked through whole; of larger ones the anchors and a seeded sample are looked at, and this is said.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from search.problem.bounds import Limits
from search.problem.objectives import LATENCY
from search.problem.problem import Problem
from search.problem.training_memory import GB
from spaces.choices import Proposal, climb, cover, draw, enumerate_patterns
from spaces.errors import ConfigError
from spaces.networks.cost import Cost
from spaces.pattern.mixing import Gated
from spaces.pattern.sharing_pattern import SharingPattern

LARGEST = 10_000  # patterns that are walked through, seconds: our choice
SAMPLE = 2_000  # draws from a larger space: our choice


@dataclass(frozen=True)
class Priced:
    """A pattern and what it costs.

    Args:
        name: as the space calls it, if it is one of its anchors, and how its gates stand; else empty.
        pattern: what is shared.
        cost: exact.
    """

    name: str
    pattern: SharingPattern
    cost: Cost


@dataclass(frozen=True)
class Span:
    """Patterns in numbers.

    Args:
        patterns: how many there are.
        macs: least and most multiply-accumulates of one image.
        params: least and most parameters.
    """

    patterns: int
    macs: tuple[int, int]
    params: tuple[int, int]

    @property
    def flops(self) -> tuple[int, int]:
        """Least and most floating-point operations: two per multiply-accumulate."""
        return 2 * self.macs[0], 2 * self.macs[1]

    def to_json(self) -> dict[str, Any]:
        """Values of JSON."""
        return {"patterns": self.patterns, "macs": self.macs, "flops": self.flops, "params": self.params}


@dataclass(frozen=True)
class Census:
    """The patterns of a space.

    Args:
        exact: whether every pattern was looked at; if not, there are more than ``LARGEST``.
        seen: the patterns that were looked at.
        allowed: those of them within the limits.
        cheapest: the one of the allowed with the fewest multiply-accumulates.
        costliest: the one of the allowed with the most; what gates leave counted as if all of them stayed open.
    """

    exact: bool
    seen: Span
    allowed: Span
    cheapest: Priced
    costliest: Priced

    @property
    def count(self) -> str:
        """How many patterns the space has."""
        return str(self.seen.patterns) if self.exact else f"more than {LARGEST}"


def take_census(problem: Problem, seed: int) -> Census:
    """Count and price the patterns of a space.

    Args:
        problem: the space, its tasks, their cost and the limits.
        seed: of the sample from a space too large to walk through.

    Raises:
        ConfigError: no pattern is within the limits.
    """
    anchors = problem.space.anchors(problem.tasks)
    names = {anchor.pattern.key: name for name, anchor in reversed(anchors.items())}
    proposals = list(islice(enumerate_patterns(problem.space, problem.tasks), LARGEST + 1))
    exact = len(proposals) <= LARGEST
    if not exact:
        proposals = _sample(problem, anchors.values(), random.Random(seed))
    costs = [problem.cost(proposal.pattern) for proposal in proposals]
    allowed = [index for index, cost in enumerate(costs) if problem.limits.allow(cost)]
    most = [problem.most(proposal.pattern) for proposal in proposals]
    seen = _span(costs, most)
    if not allowed:
        raise explain_impossible_limits(problem.limits, {"macs": seen.macs[0], "params": seen.params[0]})

    gated = [any(isinstance(stage.mixing, Gated) for stage in each.pattern.encoder) for each in proposals]

    def priced(index: int, price: Cost, gates: str) -> Priced:
        pattern = proposals[index].pattern
        stand = f"all gates {gates}" if gated[index] else ""
        words = [name for name in (names.get(pattern.key), stand) if name]
        return Priced(", ".join(words), pattern, price)

    low = min(allowed, key=lambda index: (costs[index].macs, costs[index].params, gated[index]))
    # Of equals one with gates, which has one branch more to train.
    high = max(allowed, key=lambda index: (most[index].macs, most[index].params, gated[index]))
    first, last = priced(low, costs[low], "closed"), priced(high, most[high], "open")
    within = _span([costs[index] for index in allowed], [most[index] for index in allowed])
    return Census(exact, seen, within, first, last)


def find_costliest(problem: Problem) -> Cost:
    """The most multiply-accumulates and the most parameters that a pattern of the space can have, each by itself.

    Exact where decisions add to the cost one by one, as they nearly do; else close to it.
    """
    space, tasks = problem.space, problem.tasks
    shown = [*space.anchors(tasks).values(), *cover(space, tasks, random.Random(0))]

    def most(worth: Callable[[Cost], int]) -> int:
        start = max(shown, key=lambda proposal: worth(problem.most(proposal.pattern)))
        return worth(problem.most(climb(space, tasks, start, lambda each: worth(problem.most(each))).pattern))

    return Cost(most(lambda cost: cost.macs), most(lambda cost: cost.params))


def _sample(problem: Problem, anchors: Iterable[Proposal], rng: random.Random) -> list[Proposal]:
    """Anchors and draws, each pattern once."""
    drawn = [*anchors, *(draw(problem.space, problem.tasks, rng) for _ in range(SAMPLE))]
    return list({proposal.pattern.key: proposal for proposal in drawn}.values())


def _span(costs: Sequence[Cost], most: Sequence[Cost]) -> Span:
    """From the least to the most; with gates the two are not those of one network."""
    macs = min(cost.macs for cost in costs), max(cost.macs for cost in most)
    return Span(len(costs), macs, (min(cost.params for cost in costs), max(cost.params for cost in most)))


def refuse_impossible_limits(problem: Problem, anchors: Iterable[Proposal]) -> None:
    """See that a pattern is within the limits; the cheapest is among the anchors, others are looked at for a while.

    Raises:
        ConfigError: none that was found is.
    """
    if problem.limits == Limits():
        return
    proposals = chain(anchors, islice(enumerate_patterns(problem.space, problem.tasks), SAMPLE))
    costs, took, held = [], [], []
    for proposal in proposals:
        costs.append(problem.cost(proposal.pattern))
        took.append(problem.tell_latency(proposal.pattern).get(LATENCY.name, math.nan))
        if problem.allows(proposal.pattern):
            return
        held.append(problem.memory.tell(proposal.pattern) / GB if problem.memory else math.nan)
    least = {
        "macs": min(cost.macs for cost in costs),
        "params": min(cost.params for cost in costs),
        "latency_ms": min(took),
        "memory_gb": min(held),
    }
    raise explain_impossible_limits(problem.limits, least)


def explain_impossible_limits(limits: Limits, least: Mapping[str, float]) -> ConfigError:
    """What is said where no pattern is within the limits.

    Args:
        limits: of the search.
        least: fewest "macs", "params", "latency_ms" and "memory_gb" that were found.
    """
    set_ones = {name: limit for name in least if (limit := getattr(limits, name)) is not None}
    return ConfigError(
        f"no pattern of the space meets {', '.join(f'limits.{name}={limit:g}' for name, limit in set_ones.items())}; "
        f"the least that was found is {', '.join(f'{least[name]:.12g} {name}' for name in set_ones)}: "
        f"raise the limit, or make the network {'or trainer.batch_size ' * ('memory_gb' in set_ones)}smaller"
    )
