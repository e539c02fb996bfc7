"""Sharing patterns as vectors of fixed length, for surrogate models and for plots.

Two patterns of the same tasks and stages are close when their tasks share about the same number of stages.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from spaces.pattern import SharingPattern, Stage

_PARTS = ("encoder", "decoder")


def features(pattern: SharingPattern) -> tuple[float, ...]:
    """Share of the leading stages that each pair of tasks has in common, encoder first, then decoder.

    For pairs of the sorted tasks, in order. Partitions only get finer within a part, so leading stages are
    all that a pair shares there, and the groups of every stage can be told from these numbers.

    Returns:
        Numbers from 0 (apart from the first stage on) to 1 (shared to the last), named by `feature_names`.
    """
    return tuple(
        _leading(getattr(pattern, part), one, other) / len(getattr(pattern, part))
        for part, one, other in _entries(pattern)
    )


def feature_names(pattern: SharingPattern) -> tuple[str, ...]:
    """Names of the features, such as ``decoder.depth-normals``; equal for all patterns of the same tasks."""
    return tuple(f"{part}.{one}-{other}" for part, one, other in _entries(pattern))


def _entries(pattern: SharingPattern) -> Iterator[tuple[str, str, str]]:
    for part in _PARTS:
        for one, other in combinations(pattern.tasks, 2):
            yield part, one, other


def _leading(stages: tuple[Stage, ...], one: str, other: str) -> int:
    return sum(any(one in group and other in group for group in stage.groups) for stage in stages)
