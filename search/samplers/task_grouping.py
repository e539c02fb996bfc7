"""Who fuses: the best partition of tasks by their similarities, as in Progressive Decoder Fusion (PDF).

Fed with one stage's matrix of `trainers.similarity`, or its rows of the tasks that are still together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from spaces.errors import ConfigError, DataError
from spaces.pattern.stage import Group, Partition

LARGEST = 10  # tasks; they have 115,975 partitions, 11 have 678,570
ROUNDING = 1e-9  # values closer than this are equal: they come from sums of few numbers in [-1, 1]


@dataclass(frozen=True)
class Grouping:
    """A partition of the tasks and what it is worth.

    Args:
        groups: every task in one group; tasks sorted within groups, groups sorted.
        value: mean over the tasks of each one's mean similarity to the other members of its group; alone it counts 0.
    """

    groups: Partition
    value: float


def find_best(similarity: ArrayLike, tasks: Sequence[str]) -> Grouping:
    """The partition of highest value among all partitions (PDF, alg. 2).

    PDF's pseudo-code takes the mean over groups; its example and its code take the mean over tasks, and so does this.
    Of partitions of equal value the one of fewest groups is taken, since it costs least and leaves the parting to
    later stages, then the first in alphabetical order: our choice. The order of the tasks does not matter.

    Args:
        similarity: (T, T), symmetric; the diagonal is not read.
        tasks: T distinct names, in the order of the rows.

    Raises:
        ConfigError: more than 10 tasks.
        DataError: a matrix that does not fit the tasks, is not symmetric or holds a value that is not finite.

    >>> find_best([[1, 0.8, 0.1], [0.8, 1, 0.2], [0.1, 0.2, 1]], ["semantic", "edges", "depth"]).groups
    (('depth',), ('edges', 'semantic'))
    """
    names, matrix = _sorted(similarity, tasks)
    labels = _partitions(len(names))
    values = _affinities(labels, matrix).mean(1)
    (equal,) = np.nonzero(values >= values.max() - ROUNDING)
    fewest = labels[equal].max(1)
    candidates = [(_groups(labels[row], names), row) for row in equal[fewest == fewest.min()]]
    groups, row = min(candidates)
    return Grouping(groups, float(values[row]))


def group_tasks(similarity: ArrayLike, tasks: Sequence[str], threshold: float) -> Partition:
    """The best partition, its weak groups parted into single tasks.

    PDF states the rule for pairs alone: a pair less similar than the threshold is parted (sec. 5.2). A larger group is
    judged by the mean of its tasks' similarities to the other members, as the authors' later code does.

    Args:
        similarity: (T, T), symmetric; the diagonal is not read.
        tasks: T distinct names, in the order of the rows.
        threshold: from 0 to 1; PDF takes 0.5.

    Raises:
        ConfigError: a threshold out of range, or more than 10 tasks.
        DataError: a matrix that does not fit the tasks, is not symmetric or holds a value that is not finite.
    """
    if isinstance(threshold, bool) or not isinstance(threshold, (int, float)) or not 0 <= threshold <= 1:
        raise ConfigError(f"sampler.threshold={threshold}: want a number from 0 to 1")
    names, matrix = _sorted(similarity, tasks)
    parted: list[Group] = []
    for group in find_best(matrix, names).groups:
        rows = [names.index(task) for task in group]
        weak = _strength(matrix[np.ix_(rows, rows)]) < threshold - ROUNDING
        parted += [(task,) for task in group] if weak else [group]
    return tuple(sorted(parted))


def _strength(similarity: np.ndarray) -> float:
    """Mean over a group's tasks of the mean similarity to the others; a task alone has nothing to be parted from."""
    size = len(similarity)
    return float(similarity.sum() / (size * (size - 1))) if size > 1 else math.inf


def _sorted(similarity: ArrayLike, tasks: Sequence[str]) -> tuple[tuple[str, ...], np.ndarray]:
    """Tasks in alphabetical order and their matrix with zeros on the diagonal; so not even rounding knows the order."""
    names = tuple(sorted(tasks))
    if not names or len(set(names)) != len(names):
        raise DataError(f"tasks {list(tasks)}: want at least one, each once")
    if len(names) > LARGEST:
        raise ConfigError(
            f"{len(names)} tasks to group: want at most {LARGEST}, for all their partitions are compared; "
            "take fewer with data.tasks=[...]"
        )
    matrix = np.array(similarity, dtype=np.float64)
    if matrix.shape != (len(names), len(names)):
        raise DataError(f"similarities of shape {matrix.shape} for {len(names)} tasks: want one row and column a task")
    np.fill_diagonal(matrix, 0.0)
    if not np.isfinite(matrix).all():
        raise DataError(f"similarities {_rows(similarity)}: want a finite number for every pair of tasks")
    if not np.allclose(matrix, matrix.T, rtol=0, atol=ROUNDING):
        raise DataError(f"similarities {_rows(similarity)}: want the same number for a pair of tasks in either order")
    order = sorted(range(len(names)), key=lambda row: tasks[row])
    return names, matrix[np.ix_(order, order)]


def _rows(similarity: ArrayLike) -> str:
    return str(np.asarray(similarity, dtype=np.float64).tolist())


@lru_cache(maxsize=LARGEST)
def _partitions(tasks: int) -> np.ndarray:
    """(partitions, tasks): the group each task is in; groups are numbered in order of their first task."""
    labels = np.zeros((1, 1), dtype=np.int8)
    for _ in range(tasks - 1):
        # The next task joins one of the groups there are, or opens one.
        options = labels.max(1) + 2
        joined = np.concatenate([np.arange(count, dtype=np.int8) for count in options])
        labels = np.column_stack([np.repeat(labels, options, axis=0), joined])
    labels.flags.writeable = False  # it is cached
    return labels


def _affinities(labels: np.ndarray, similarity: np.ndarray) -> np.ndarray:
    """(partitions, tasks): mean similarity of each task to the other members of its group, 0 for a task alone."""
    affinities = np.empty(labels.shape)
    for task, row in enumerate(similarity):
        together = labels == labels[:, [task]]  # (partitions, tasks)
        affinities[:, task] = together @ row / np.maximum(together.sum(1) - 1, 1)
    return affinities


def _groups(labels: np.ndarray, names: Sequence[str]) -> Partition:
    return tuple(
        tuple(name for name, label in zip(names, labels, strict=True) if label == group)
        for group in range(int(labels.max()) + 1)
    )
