from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.samplers.task_grouping import Grouping, find_best, group_tasks
from spaces.errors import ConfigError, DataError
from tests.references import grouping as reference

Rows = list[list[Fraction]]
LETTERS = "SDENA"
# The similarities of the paper's first stage on Cityscapes; what is left out is 0.
PUBLISHED = {"SE": 0.86, "DN": 0.76, "SD": 0.5, "SN": 0.5, "DE": 0.6, "EN": 0.6}
quick = settings(max_examples=60, deadline=None)  # on busy cores a deadline measures the neighbours


def matrix(pairs: dict[str, float], tasks: str) -> np.ndarray:
    return np.array([[1.0 if a == b else pairs.get(a + b, pairs.get(b + a, 0.0)) for b in tasks] for a in tasks])


@st.composite
def similarities(draw: st.DrawFn) -> tuple[list[str], Rows]:
    """Up to five tasks in any order; twentieths, so that many partitions are worth the same."""
    tasks = draw(st.permutations(LETTERS[: draw(st.integers(1, 5))]))
    pairs = {frozenset(pair): Fraction(draw(st.integers(-4, 20)), 20) for pair in combinations(sorted(tasks), 2)}
    return tasks, [[pairs.get(frozenset((a, b)), Fraction(1)) for b in tasks] for a in tasks]


def test_the_published_example() -> None:
    found = find_best(matrix(PUBLISHED, LETTERS), LETTERS)

    assert found.groups == (("A",), ("D", "N"), ("E", "S"))
    assert found.value == pytest.approx(0.648)  # the mean over groups would be 0.54, and 0.557 for {S,E}, {D,N,A}
    assert group_tasks(matrix(PUBLISHED, LETTERS), LETTERS, 0.5) == found.groups


@quick
@given(similarities())
def test_it_is_the_best_of_all_partitions(case: tuple[list[str], Rows]) -> None:
    tasks, fractions = case
    groups, value = reference.best(fractions, tasks)

    found = find_best(np.array(fractions, float), tasks)

    assert found.groups == groups
    assert found.value == pytest.approx(float(value))


@quick
@given(similarities(), st.integers(0, 20))
def test_weak_groups_are_parted_and_no_other(case: tuple[list[str], Rows], twentieths: int) -> None:
    tasks, fractions = case

    found = group_tasks(np.array(fractions, float), tasks, twentieths / 20)

    assert found == reference.grouped(fractions, tasks, Fraction(twentieths, 20))


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_tasks_does_not_matter(seed: int) -> None:
    random = np.random.default_rng(seed)
    values = random.uniform(-0.1, 1, (7, 7))
    values = (values + values.T) / 2
    order = random.permutation(7)
    tasks = [f"task{number}" for number in range(7)]
    shuffled = [tasks[row] for row in order]

    assert find_best(values, tasks) == find_best(values[np.ix_(order, order)], shuffled)
    assert group_tasks(values, tasks, 0.5) == group_tasks(values[np.ix_(order, order)], shuffled, 0.5)


def test_of_equal_partitions_the_one_of_fewest_groups_then_the_first_by_name() -> None:
    assert find_best(np.full((4, 4), 0.7), "dbca").groups == (("a", "b", "c", "d"),)
    # b is as near to a as to c, which have nothing in common
    assert find_best(matrix({"ab": 0.8, "bc": 0.8, "ac": -0.9}, "cba"), "cba").groups == (("a",), ("b", "c"))


def test_a_group_at_the_threshold_stays() -> None:
    tenths = np.full((4, 4), 0.7)  # its mean is 0.7 but for rounding
    assert len(group_tasks(tenths, "abcd", 0.7)) == 1
    assert len(group_tasks(tenths, "abcd", 0.701)) == 4
    assert group_tasks(matrix(PUBLISHED, LETTERS), LETTERS, 0.8) == (("A",), ("D",), ("E", "S"), ("N",))


def test_one_task_is_alone() -> None:
    assert find_best([[1.0]], ["depth"]) == Grouping((("depth",),), 0.0)
    assert group_tasks([[1.0]], ["depth"], 1) == (("depth",),)


def test_ten_tasks_are_grouped_and_eleven_refused() -> None:
    pairs = np.kron(np.eye(5), np.full((2, 2), 0.9))
    assert find_best(pairs, "abcdefghij").groups == tuple(zip("acegi", "bdfhj", strict=True))

    with pytest.raises(ConfigError, match=r"^11 tasks to group: want at most 10, .*data\.tasks"):
        find_best(np.eye(11), "abcdefghijk")


@pytest.mark.parametrize(
    ("values", "tasks", "told"),
    [
        ([[1, np.nan], [np.nan, 1]], "ab", r"similarities \[\[1.0, nan\], \[nan, 1.0\]\]: want a finite number"),
        ([[1, None], [None, 1]], "ab", "want a finite number for every pair of tasks"),
        ([[1, np.inf], [np.inf, 1]], "ab", "want a finite number for every pair of tasks"),
        ([[1, 0.2], [0.3, 1]], "ab", "want the same number for a pair of tasks in either order"),
        (np.eye(3), "ab", r"shape \(3, 3\) for 2 tasks: want one row and column a task"),
        ([1, 1], "ab", r"shape \(2,\) for 2 tasks"),
        (np.eye(2), "aa", r"tasks \['a', 'a'\]: want at least one, each once"),
        (np.empty((0, 0)), "", r"tasks \[\]: want at least one"),
    ],
)
def test_a_matrix_that_does_not_fit_is_refused(values: Any, tasks: str, told: str) -> None:
    for group in (lambda: find_best(values, tasks), lambda: group_tasks(values, tasks, 0.5)):
        with pytest.raises(DataError, match=told):
            group()


@pytest.mark.parametrize("threshold", [-0.1, 1.01, np.nan, True, "0.5", None])
def test_a_threshold_out_of_range_is_refused(threshold: Any) -> None:
    with pytest.raises(ConfigError, match=rf"^sampler\.threshold={threshold}: want a number from 0 to 1$"):
        group_tasks(np.eye(2), "ab", threshold)
