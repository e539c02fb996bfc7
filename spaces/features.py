"""Sharing patterns as vectors of fixed length, for surrogate models and for plots.

Two patterns of the same tasks and stages are close when their tasks share about the same number of stages, about as
much of each, and exchange at the same scales.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

from spaces.exchange import Exchange, Workspace
from spaces.mixing import Gated, Routed
from spaces.pattern import SharingPattern, Stage

_PARTS = ("encoder", "decoder")
_HALF = 4.0  # doublings of slots or channels of a workspace that count as 1/2: our choice


def features(pattern: SharingPattern) -> tuple[float, ...]:
    """What of a pattern makes it like or unlike others of the same tasks and stages.

    First, for pairs of the sorted tasks, the share of the leading stages that they have in common, encoder and decoder;
    partitions only get finer within a part, so the groups of every stage can be told from these. Then, by encoder
    stage, how much of it is shared, whether it is routed or gated, and each task's target rate; and by scale whether
    there is a workspace, its slots and width on a logarithmic scale that ends nowhere, its share of tokens and of frame
    vectors.

    Returns:
        Numbers from 0 to 1, named by `feature_names`.
    """
    leading = [
        _leading(getattr(pattern, part), one, other) / len(getattr(pattern, part))
        for part, one, other in _entries(pattern)
    ]
    mixings = [number for stage in pattern.encoder for number in _mixing(stage, pattern.tasks)]
    return (*leading, *mixings, *(number for each in pattern.exchange for number in _exchange(each)))


def feature_names(pattern: SharingPattern) -> tuple[str, ...]:
    """Names of the features, such as ``decoder.depth-normals``; equal for all patterns of the same tasks and stages."""
    leading = [f"{part}.{one}-{other}" for part, one, other in _entries(pattern)]
    stages = range(1, len(pattern.encoder) + 1)
    mixing = ("shared", "routed", "gated", *(f"rate.{task}" for task in pattern.tasks))
    mixings = [f"encoder.{stage}.{name}" for stage in stages for name in mixing]
    exchanges = [
        f"scale.{scale}.{name}" for scale in stages for name in ("workspace", "slots", "width", "top_k", "etf")
    ]
    return (*leading, *mixings, *exchanges)


def _entries(pattern: SharingPattern) -> Iterator[tuple[str, str, str]]:
    for part in _PARTS:
        for one, other in combinations(pattern.tasks, 2):
            yield part, one, other


def _leading(stages: tuple[Stage, ...], one: str, other: str) -> int:
    return sum(any(one in group and other in group for group in stage.groups) for stage in stages)


def _mixing(stage: Stage, tasks: tuple[str, ...]) -> list[float]:
    mixing = stage.mixing
    if isinstance(mixing, Routed):
        return [mixing.ratio, 1.0, 0.0, *[0.0] * len(tasks)]
    if isinstance(mixing, Gated):
        rates = mixing.of(tasks)
        return [1 - sum(rates) / len(rates), 0.0, 1.0, *rates]
    return [1.0, 0.0, 0.0, *[0.0] * len(tasks)]


def _exchange(exchange: Exchange) -> list[float]:
    if not isinstance(exchange, Workspace):
        return [0.0] * 5
    return [1.0, _count(exchange.slots), _count(exchange.width), exchange.top_k, exchange.etf / exchange.width]


def _count(number: int) -> float:
    """Below 1 and rising for any count, fast where counts are small."""
    doublings = math.log2(1 + number)
    return doublings / (doublings + _HALF)
