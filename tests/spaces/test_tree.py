from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces.pattern.stage import Partition
from spaces.tree import decode_partitions

TASKS = ("depth", "edges", "normals", "segmentation")
STAGES = 5
quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours


def shared_stages(tree: Sequence[Partition], one: str, other: str) -> int:
    return sum(any(one in group and other in group for group in groups) for groups in tree)


@quick
@given(st.data())
def test_a_task_shares_as_much_with_others_as_its_parent_does_and_no_deeper_than_drawn(
    data: st.DataObject,
) -> None:
    drawn: dict[str, Any] = {}

    def choose(name: str, options: Sequence[Any]) -> Any:
        drawn[name] = data.draw(st.sampled_from(options), label=name)
        return drawn[name]

    tree = decode_partitions(choose, TASKS, STAGES)
    assert len(tree) == STAGES
    for index, task in enumerate(TASKS[1:], start=1):
        parent, depth = drawn[f"parent.{task}"], drawn[f"depth.{task}"]
        assert shared_stages(tree, task, parent) == depth
        for other in set(TASKS[:index]) - {parent}:
            assert shared_stages(tree, task, other) == min(depth, shared_stages(tree, parent, other))


@quick
@given(st.integers(0, 4), st.permutations(TASKS), st.randoms(use_true_random=False))
def test_partitions_hold_every_task_once_and_only_get_finer(stages: int, tasks: list[str], rng: Any) -> None:
    tree = decode_partitions(lambda name, options: rng.choice(options), tasks, stages)
    for groups in tree:
        assert sorted(task for group in groups for task in group) == sorted(tasks)
    for coarse, fine in pairwise(tree):
        assert all(any(set(group) <= set(whole) for whole in coarse) for group in fine)


@quick
@given(st.permutations(TASKS), st.integers(0, 2**32))
def test_the_order_of_the_tasks_changes_neither_questions_nor_tree(tasks: list[str], seed: int) -> None:
    def asked_and_answered(names: Sequence[str]) -> tuple[list[Any], tuple[Partition, ...]]:
        asked: list[Any] = []

        def choose(name: str, options: Sequence[Any]) -> Any:
            asked.append((name, tuple(options)))
            return options[(seed >> 4 * len(asked)) % len(options)]

        tree = decode_partitions(choose, names, STAGES)
        return asked, tree

    assert asked_and_answered(tasks) == asked_and_answered(TASKS)


@pytest.mark.parametrize(("prefix", "start"), [("", ""), ("decoder", "decoder.")])
def test_names_and_options(prefix: str, start: str) -> None:
    asked: dict[str, tuple[Any, ...]] = {}

    def choose(name: str, options: Sequence[Any]) -> Any:
        asked[name] = tuple(options)
        return options[-1]

    decode_partitions(choose, ("c", "a", "b"), 2, prefix=prefix)
    assert asked == {
        f"{start}parent.b": ("a",),
        f"{start}depth.b": (0, 1, 2),
        f"{start}parent.c": ("a", "b"),
        f"{start}depth.c": (0, 1, 2),
    }
