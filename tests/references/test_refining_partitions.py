"""The number of ways tasks can part, by listing all set partitions and all refining sequences of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from spaces.choices import count_patterns, enumerate_patterns
from spaces.fusion import Fusion

Sets = frozenset[frozenset[str]]


def set_partitions(items: tuple[str, ...]) -> Iterator[Sets]:
    if not items:
        yield frozenset()
        return
    first, rest = items[0], items[1:]
    for smaller in set_partitions(rest):
        yield smaller | {frozenset([first])}
        for group in smaller:
            yield smaller - {group} | {group | {first}}


def refines(fine: Sets, coarse: Sets) -> bool:
    return all(any(group <= whole for whole in coarse) for group in fine)


def refining_sequences(tasks: tuple[str, ...], stages: int) -> list[tuple[Sets, ...]]:
    everything = list(set_partitions(tasks))
    finer = {coarse: [fine for fine in everything if refines(fine, coarse)] for coarse in everything}
    sequences: list[tuple[Sets, ...]] = [(first,) for first in everything]
    for _ in range(stages - 1):
        sequences = [(*sequence, fine) for sequence in sequences for fine in finer[sequence[-1]]]
    return sequences


@pytest.mark.parametrize(
    ("tasks", "stages", "published"),
    [("ab", 5, 6), ("abc", 5, 51), ("abcd", 5, 561), ("abcde", 5, 7556), ("abc", 4, 35), ("abc", 9, 145)],
)
def test_fusion_holds_every_refining_sequence(tasks: str, stages: int, published: int) -> None:
    expected = set(refining_sequences(tuple(tasks), stages))
    assert len(expected) == published
    found = [
        tuple(frozenset(map(frozenset, stage.groups)) for stage in proposal.pattern.decoder)
        for proposal in enumerate_patterns(Fusion(1, stages), tuple(tasks))
    ]
    assert len(found) == published
    assert set(found) == expected


def test_one_task_has_one_pattern() -> None:
    assert count_patterns(Fusion(4, 5), ("a",)) == 1
