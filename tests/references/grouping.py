"""The best grouping by trying every way to hand out group numbers; exact where the similarities are fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

Groups = tuple[tuple[str, ...], ...]
Matrix = Sequence[Sequence[Any]]  # of fractions or floats


def best(similarity: Matrix, tasks: Sequence[str]) -> tuple[Groups, Any]:
    """Groups and mean task value; of equal ones those with the fewest groups, then the first in the alphabet."""
    ways = {_groups(numbers, sorted(tasks)) for numbers in product(range(len(tasks)), repeat=len(tasks))}
    worth = {groups: sum(_values(groups, similarity, tasks)) / len(tasks) for groups in ways}
    chosen = min(ways, key=lambda groups: (-worth[groups], len(groups), groups))
    return chosen, worth[chosen]


def grouped(similarity: Matrix, tasks: Sequence[str], threshold: Fraction | float) -> Groups:
    """The best groups, those with a mean task value under the threshold taken apart."""
    kept: list[tuple[str, ...]] = []
    for group in best(similarity, tasks)[0]:
        if len(group) > 1 and sum(_values((group,), similarity, tasks)) / len(group) < threshold:
            kept += [(task,) for task in group]
        else:
            kept.append(group)
    return tuple(sorted(kept))


def _groups(numbers: Sequence[int], tasks: Sequence[str]) -> Groups:
    members: dict[int, list[str]] = {}
    for task, number in zip(tasks, numbers, strict=True):
        members.setdefault(number, []).append(task)
    return tuple(sorted(map(tuple, members.values())))


def _values(groups: Groups, similarity: Matrix, tasks: Sequence[str]) -> list[Any]:
    row = {task: number for number, task in enumerate(tasks)}
    values = []
    for group in groups:
        for task in group:
            others = [similarity[row[task]][row[other]] for other in group if other != task]
            values.append(sum(others) / len(others) if others else 0)
    return values
