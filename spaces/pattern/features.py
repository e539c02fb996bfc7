"""Sharing patterns as vectors of fixed length, for surrogate models and for plots.

Two patterns of the same tasks and stages are close when their tasks share about the same number of stages, about as
much of each by the same means, and exchange at the same scales. One key has one vector, and different keys of a shipped
space have different ones. Of patterns by hand, those that differ only in what the shared branch of a routed stage reads
may have one: its own kind's features or the mean of the tasks', behind a stage of one layer that made both at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from spaces.pattern.block import WHOLE, Block
from spaces.pattern.interchange import is_apart
from spaces.pattern.option_features import EXCHANGE, OPTIONS, describe_exchange, describe_mixing, name_mixing
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern
from spaces.pattern.stage import SHARED, Partition
from spaces.pattern.walk import list_blocks


def compute_features(pattern: SharingPattern) -> tuple[float, ...]:
    """What of a pattern makes it like or unlike others of the same tasks and stages.

    First, by stage of encoder and decoder, 1 for every pair of the sorted tasks that shares it, from which its groups
    can be told: patterns lie as far apart as pairs times stages differ. Then, by encoder stage, how much of it is
    shared, whether it is routed or gated, each task's target rate, and what its branches are made of; and by scale
    whether there is a workspace and what kind it is of. Counts stand on a logarithmic scale that ends nowhere.

    Returns:
        Numbers from 0 to 1, named by `name_features`.
    """
    pairs = list(combinations(pattern.tasks, 2))
    parts = (*_list_acting_groups(pattern), *(stage.groups for stage in pattern.decoder))
    shared = [number for groups in parts for number in _list_shared(groups, pairs)]
    blocks = _list_acting(pattern)
    stages = range(len(pattern.encoder))
    encoder = [[block for block in blocks if (block.part, block.stage) == ("encoder", stage)] for stage in stages]
    neck = [block for block in blocks if block.part == "exchange"]
    mixings = [number for each in encoder for number in describe_mixing(each, pattern.tasks)]
    return (*shared, *mixings, *(number for scale in stages for number in describe_exchange(neck, scale)))


def name_features(pattern: SharingPattern) -> tuple[str, ...]:
    """Names of the features, such as ``decoder.1.depth-normals``; equal for patterns of the same tasks and stages."""
    return _name(pattern.tasks, len(pattern.encoder), len(pattern.decoder))


@lru_cache(maxsize=64)  # patterns of a search have the same
def _name(tasks: tuple[str, ...], encoder: int, decoder: int) -> tuple[str, ...]:
    shared = [
        f"{part}.{stage}.{one}-{other}"
        for part, count in (("encoder", encoder), ("decoder", decoder))
        for stage in range(1, count + 1)
        for one, other in combinations(tasks, 2)
    ]
    stages = range(1, encoder + 1)
    mixings = [f"encoder.{stage}.{name}" for stage in stages for name in name_mixing(tasks)]
    return (*shared, *mixings, *(f"scale.{scale}.{name}" for scale in stages for name in EXCHANGE))


def weigh_features(pattern: SharingPattern) -> tuple[float, ...]:
    """By feature how much it counts in a distance: what is shared is 1, options of a stage or scale are 1 together.

    There are many of these, mostly alike at all stages: with as much weight each they hide how much is shared, and a
    sampler needed 10 trainings in place of 6 on the table of `routing` (`level` in `experiments.benchmarks.samplers`).
    """
    return _weigh(name_features(pattern))


@lru_cache(maxsize=64)
def _weigh(names: tuple[str, ...]) -> tuple[float, ...]:
    places = (name.split(".", 2)[-1] for name in names)
    return tuple(1.0 / OPTIONS[place] ** 0.5 if place in OPTIONS else 1.0 for place in places)


def _list_acting(pattern: SharingPattern) -> tuple[Block, ...]:
    """Blocks with options; none, and no walk, of trees whose blocks are all whole."""
    plain = all(stage.mixing == SHARED for stage in pattern.encoder)
    if plain and all(isinstance(each, NoExchange) for each in pattern.exchange):
        return ()
    return tuple(block for block in list_blocks(pattern) if block.role != WHOLE)


def _list_acting_groups(pattern: SharingPattern) -> Iterator[Partition]:
    """By encoder stage its groups; where they do not act, for all of it is tasks' own, those in front of it."""
    groups: Partition = (pattern.tasks,)
    for stage in pattern.encoder:
        groups = groups if is_apart(stage.mixing) else stage.groups
        yield groups


def _list_shared(groups: Partition, pairs: list[tuple[str, str]]) -> Iterator[float]:
    group = {task: number for number, members in enumerate(groups) for task in members}
    return (float(group[one] == group[other]) for one, other in pairs)
