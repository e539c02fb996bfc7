"""Sharing patterns as vectors of fixed length, for surrogate models and for plots.

Two patterns of the same tasks and stages are close when their tasks share about the same number of stages, about as
much of each, and exchange at the same scales.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

from spaces.pattern.exchange import Exchange, Workspace
from spaces.pattern.mixing import Gated, Routed
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.stage import Stage

_HALF = 4.0  # doublings of slots or channels of a workspace that count as 1/2: our choice


def compute_features(pattern: SharingPattern) -> tuple[float, ...]:
    """What of a pattern makes it like or unlike others of the same tasks and stages.

    First, by stage of encoder and decoder, 1 for every pair of the sorted tasks that shares it, from which its groups
    can be told: patterns lie as far apart as pairs times stages differ. Then, by encoder
    stage, how much of it is shared, whether it is routed or gated, and each task's target rate; and by scale whether
    there is a workspace, its slots and width on a logarithmic scale that ends nowhere, its share of tokens and of frame
    vectors.

    Returns:
        Numbers from 0 to 1, named by `name_features`.
    """
    pairs = list(combinations(pattern.tasks, 2))
    shared = [number for stage in (*pattern.encoder, *pattern.decoder) for number in _list_shared(stage, pairs)]
    mixings = [number for stage in pattern.encoder for number in _list_mixing(stage, pattern.tasks)]
    return (*shared, *mixings, *(number for each in pattern.exchange for number in _list_exchange(each)))


def name_features(pattern: SharingPattern) -> tuple[str, ...]:
    """Names of the features, such as ``decoder.1.depth-normals``; equal for patterns of the same tasks and stages."""
    shared = [
        f"{part}.{stage}.{one}-{other}"
        for part, count in (("encoder", len(pattern.encoder)), ("decoder", len(pattern.decoder)))
        for stage in range(1, count + 1)
        for one, other in combinations(pattern.tasks, 2)
    ]
    stages = range(1, len(pattern.encoder) + 1)
    mixing = ("shared", "routed", "gated", *(f"rate.{task}" for task in pattern.tasks))
    mixings = [f"encoder.{stage}.{name}" for stage in stages for name in mixing]
    exchanges = [
        f"scale.{scale}.{name}" for scale in stages for name in ("workspace", "slots", "width", "top_k", "etf")
    ]
    return (*shared, *mixings, *exchanges)


def _list_shared(stage: Stage, pairs: list[tuple[str, str]]) -> Iterator[float]:
    group = {task: number for number, members in enumerate(stage.groups) for task in members}
    return (float(group[one] == group[other]) for one, other in pairs)


def _list_mixing(stage: Stage, tasks: tuple[str, ...]) -> list[float]:
    mixing = stage.mixing
    if isinstance(mixing, Routed):
        return [mixing.ratio, 1.0, 0.0, *[0.0] * len(tasks)]
    if isinstance(mixing, Gated):
        rates = mixing.of(tasks)
        return [1 - sum(rates) / len(rates), 0.0, 1.0, *rates]
    return [1.0, 0.0, 0.0, *[0.0] * len(tasks)]


def _list_exchange(exchange: Exchange) -> list[float]:
    if not isinstance(exchange, Workspace):
        return [0.0] * 5
    return [1.0, _squash(exchange.slots), _squash(exchange.width), exchange.top_k, exchange.etf / exchange.width]


def _squash(number: int) -> float:
    """Below 1 and rising for any count, fast where counts are small."""
    doublings = math.log2(1 + number)
    return doublings / (doublings + _HALF)
