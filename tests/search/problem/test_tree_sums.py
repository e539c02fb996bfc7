"""Fronts of sums over trees, against all trees."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.problem.pareto import mark_front
from search.problem.tree_sums import Masks, TreeSums

TASKS, STAGES = 3, 3
EVERYONE = (1 << TASKS) - 1
PARTITIONS = ([7], [1, 6], [2, 5], [4, 3], [1, 2, 4])
TREES = [
    tree
    for tree in product(PARTITIONS, repeat=STAGES)
    if all(
        any(group & whole == group for whole in tree[stage - 1]) for stage in range(1, STAGES) for group in tree[stage]
    )
]
some = settings(max_examples=60, deadline=None)  # on busy cores a deadline measures the neighbours


def list_chains(tree: tuple[list[int], ...]) -> list[Masks]:
    """One a group of the last stage."""
    return [tuple(next(g for g in groups if g & last) for groups in tree) for last in tree[-1]]


def sum_tree(tree: tuple[list[int], ...], leaves: dict[Masks, float], prices: np.ndarray, least: bool) -> list[float]:
    worths = [leaves[chain] for chain in list_chains(tree)]
    counts = np.array([len(groups) for groups in tree])
    return [min(worths) if least else sum(worths), *(counts @ prices).tolist()]


ALL_CHAINS = sorted({chain for tree in TREES for chain in list_chains(tree)})


def test_the_trees_and_chains_are_all_there_are() -> None:
    assert len(TREES) == 22 and len(ALL_CHAINS) == 4**3 - 3**3


@some
@given(
    worths=st.lists(st.integers(-3, 3), min_size=len(ALL_CHAINS), max_size=len(ALL_CHAINS)),
    prices=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=STAGES, max_size=STAGES),
    columns=st.sampled_from([1, 2]),
    room=st.tuples(st.integers(0, 30), st.integers(0, 30)),
    unknown=st.sets(st.sampled_from(ALL_CHAINS), max_size=15),
    least=st.booleans(),
)
def test_the_front_is_that_of_all_trees_of_known_chains_within_the_room(
    worths: list[int],
    prices: list[tuple[int, int]],
    columns: int,
    room: tuple[int, int],
    unknown: set[Masks],
    least: bool,
) -> None:
    leaves = {chain: float(w) for chain, w in zip(ALL_CHAINS, worths, strict=True) if chain not in unknown}
    paid, most = np.array(prices)[:, :columns], np.array(room[:columns])
    known = [tree for tree in TREES if leaves.keys() >= set(list_chains(tree))]
    points = np.array([sum_tree(tree, leaves, paid, least) for tree in known]).reshape(-1, 1 + columns)
    points = points[(points[:, 1:] <= most).all(axis=1)]
    front = np.unique(points[mark_front(points, ["maximise", *["minimise"] * columns])], axis=0)

    sums = TreeSums(leaves, paid, most, least)
    found = sums.part((), EVERYONE)

    told = np.column_stack([found.worth, found.costs])
    assert len(told) == len(front) and np.array_equal(np.unique(told, axis=0), front)
    for row, point in enumerate(told):
        tree: list[list[int]] = [[] for _ in range(STAGES)]
        for stage, group in sums.trace((), EVERYONE, row):
            tree[stage].append(group)
        assert any([Counter(groups) for groups in tree] == [Counter(groups) for groups in each] for each in known)
        assert sum_tree(tuple(tree), leaves, paid, least) == point.tolist()


@pytest.mark.parametrize("least", [True, False])
def test_without_a_known_chain_there_is_nothing(least: bool) -> None:
    sums = TreeSums({}, np.ones((2, 1), dtype=int), np.array([np.inf]), least)
    assert sums.part((), EVERYONE).worth.size == 0
