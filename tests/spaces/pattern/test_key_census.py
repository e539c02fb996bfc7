"""Among many random patterns no network has two keys, and no key two networks; the reference is brute force.

    KEY_PATTERNS=5000 python -m pytest tests/spaces/pattern/test_key_census.py

takes as many of each space and number of tasks, some minutes.
"""

from __future__ import annotations

import os
import random
from collections import defaultdict
from itertools import pairwise

import pytest

from search.config.composition import compose
from spaces.choices import draw
from spaces.pattern.sharing_pattern import SharingPattern
from tests.spaces.networks.mixes import any_mixture
from tests.spaces.pattern.exchanged import exchange_groups, exchange_rates
from tests.spaces.pattern.isomorphism import are_isomorphic, draw_graph, refine

TASKS = ("a", "b", "c", "d")
MANY = int(os.environ.get("KEY_PATTERNS", "100"))


def add_exchanged(patterns: list[SharingPattern], rng: random.Random) -> list[SharingPattern]:
    """With each the same whose tasks have exchanged their target rates, or groups too: twins more often than not."""
    raw = [exchange(pattern, rng) for pattern in patterns for exchange in (exchange_rates, exchange_groups)]
    return [*patterns, *(SharingPattern(each.encoder, each.exchange, each.decoder) for each in raw)]


def check(patterns: list[SharingPattern]) -> None:
    """No twins, no collisions."""
    by_colour: dict[int, dict[str, SharingPattern]] = defaultdict(dict)
    by_key: dict[str, dict[int, SharingPattern]] = defaultdict(dict)
    for pattern in patterns:
        colour = refine(draw_graph(pattern))
        by_colour[colour].setdefault(pattern.key, pattern)
        by_key[pattern.key].setdefault(colour, pattern)
    # Networks of different colours differ.
    collisions = [tuple(found.values()) for found in by_key.values() if len(found) > 1]
    assert not collisions
    alike = [pair for found in by_colour.values() for pair in pairwise(found.values())]
    twins = [pair for pair in alike if are_isomorphic(*map(draw_graph, pair))]
    assert not twins


@pytest.mark.parametrize("count", [3, 4])
@pytest.mark.parametrize("name", ["branching", "fusion", "gates", "joint", "routing", "workspace"])
def test_shipped_spaces_have_neither_twins_nor_collisions(name: str, count: int) -> None:
    space, rng = compose([f"space={name}"]).space, random.Random(count)
    check(add_exchanged([draw(space, TASKS[:count], rng).pattern for _ in range(MANY)], rng))


def test_nor_have_mixtures_of_all_kinds() -> None:
    check(add_exchanged([any_mixture(seed) for seed in range(MANY)], random.Random(0)))
