"""What is gathered: every hypervolume, the last front, and nothing of both twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from search.tracking.gathered import Gathered
from search.tracking.tracker import Record


class Listed:
    def __init__(self) -> None:
        self.told: list[Any] = []

    def log_progress(self, volumes: Mapping[int, float]) -> None:
        self.told.append(dict(volumes))

    def log_front(self, members: Sequence[int], marks: Mapping[int, str], delivered: Sequence[str] | None) -> None:
        self.told.append((list(members), dict(marks), delivered))


def test_all_volumes_and_the_last_front_are_written() -> None:
    last = ([1, 2], {1: "fused"}, ["trial 1"])
    gathered = Gathered().add({1: 2.0}, None).add({}, ([1], {}, None)).add({2: 3.0}, last).add({}, None)
    record = Listed()
    gathered.write(cast(Record, record))
    assert record.told == [{1: 2.0, 2: 3.0}, last]


def test_nothing_is_due_at_first_and_counts_are_without_a_front() -> None:
    assert not Gathered().due
    record, gathered = Listed(), Gathered().add({}, None)
    assert gathered.due
    gathered.write(cast(Record, record))
    assert record.told == [{}]
