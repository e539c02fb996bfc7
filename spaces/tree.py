"""Partitions, stage by stage, as decisions: the parent-and-depth encoding of the ways in which tasks can part.

The spaces draw their partitions here. A sequence of partitions that only get finer is a tree, and a tree is
one number per pair of tasks, the leading stages they share, with d_ik >= min(d_ij, d_jk). Drawing these
numbers one by one would need repair; growing the tree task by task does not (our choice of encoding).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from spaces.choices import Choose
from spaces.pattern.stage import Partition


def decode_partitions(choose: Choose, tasks: Sequence[str], stages: int, *, prefix: str = "") -> tuple[Partition, ...]:
    """Draw one refining sequence of partitions.

    Every task but the first, in sorted order, draws a ``parent.<task>`` among the tasks before it and a
    ``depth.<task>`` from 0 to ``stages``. It shares that many leading stages with its parent, and with any
    other task the smaller of that and what its parent shares. Every draw is valid and every tree can be
    drawn, some in several ways: 6, 51, 561 and 7,556 trees for 2, 3, 4 and 5 tasks at five stages.

    Args:
        choose: makes one decision by name.
        tasks: distinct task names; their order does not matter.
        stages: number of stages, in order of computation.
        prefix: goes before the names, as in ``decoder.parent.<task>``, for spaces with more than one tree.

    Returns:
        One partition per stage, each as coarse as the one before it or finer.
    """
    dot = f"{prefix}." if prefix else ""
    tasks = tuple(sorted(tasks))
    depths: list[tuple[int, ...]] = []  # depths[i][j]: leading stages that tasks i and j share, j <= i
    for index, task in enumerate(tasks):
        row: tuple[int, ...] = (stages,)
        if index:
            parent = tasks.index(choose(f"{dot}parent.{task}", tasks[:index]))
            depth = choose(f"{dot}depth.{task}", tuple(range(stages + 1)))
            row = (*(min(depth, _find_depth(depths, parent, other)) for other in range(index)), stages)
        depths.append(row)
    return _make_partitions(tasks, tuple(depths), stages)


def encode_choices(partitions: Sequence[Partition], *, prefix: str = "") -> dict[str, Any]:
    """What draws a refining sequence of partitions again: the inverse of `decode_partitions`.

    Every task names as its parent the first task, of those before it, with which it shares the most stages.

    Args:
        partitions: one per stage, each as coarse as the one before it or finer, of the same tasks.
        prefix: as in `decode_partitions`.
    """
    dot = f"{prefix}." if prefix else ""
    tasks = sorted(task for group in partitions[0] for task in group)
    made: dict[str, Any] = {}
    for index, task in enumerate(tasks[1:], start=1):
        shared = [
            sum({task, other} <= set(group) for stage in partitions for group in stage) for other in tasks[:index]
        ]
        made[f"{dot}parent.{task}"] = tasks[shared.index(max(shared))]
        made[f"{dot}depth.{task}"] = max(shared)
    return made


def _find_depth(depths: list[tuple[int, ...]], one: int, other: int) -> int:
    return depths[one][other] if other <= one else depths[other][one]


@lru_cache(maxsize=2**14)  # many choices make one tree: enumeration is dominated by this otherwise
def _make_partitions(tasks: tuple[str, ...], depths: tuple[tuple[int, ...], ...], stages: int) -> tuple[Partition, ...]:
    return tuple(_make_partition(tasks, depths, stage) for stage in range(1, stages + 1))


def _make_partition(tasks: tuple[str, ...], depths: tuple[tuple[int, ...], ...], stage: int) -> Partition:
    """Groups at a stage, counted from 1: each task joins the first task it shares the stage with."""
    groups: dict[int, list[str]] = {}
    for task, row in zip(tasks, depths, strict=True):
        first = next(other for other, depth in enumerate(row) if depth >= stage)
        groups.setdefault(first, []).append(task)
    return tuple(map(tuple, groups.values()))
