from __future__ import annotations

import random
from itertools import groupby
from typing import Any

import pytest

from spaces.choices import draw
from spaces.drawing.task_order import trace_groups
from spaces.pattern.stage import Partition


def test_a_path_by_hand() -> None:
    stages: list[Partition] = [(("a", "b", "c"),), (("a", "c"), ("b",))]
    assert trace_groups(("c",), stages) == (("a", "b", "c"), ("a", "c"), ("c",))
    assert trace_groups(("b",), []) == (("b",),)


@pytest.mark.parametrize("seed", range(20))
def test_tasks_of_a_group_stand_side_by_side_from_the_first_stage_on(two_trees: Any, seed: int) -> None:
    pattern = draw(two_trees, "abcdef", random.Random(seed)).pattern
    partitions = [stage.groups for stage in pattern.encoder]
    order = sorted(pattern.tasks, key=lambda task: trace_groups((task,), partitions))
    for groups in partitions:
        home = {task: group for group in groups for task in group}
        runs = [group for group, _ in groupby(order, key=home.__getitem__)]
        assert len(runs) == len(groups)
