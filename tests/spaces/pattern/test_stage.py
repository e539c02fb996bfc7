from __future__ import annotations

import random

import pytest

from spaces.errors import PatternError
from spaces.pattern.mixing import Gated, Routed
from spaces.pattern.stage import SHARED, Stage


@pytest.mark.parametrize("seed", range(5))
def test_any_order_of_groups_and_tasks_is_one_stage(seed: int) -> None:
    rng = random.Random(seed)
    groups = [["c", "a", "e"], ["d"], ["b", "f"]]
    for group in groups:
        rng.shuffle(group)
    rng.shuffle(groups)
    stage = Stage(tuple(groups))  # type: ignore[arg-type]  # any iterables
    assert stage == Stage((("a", "c", "e"), ("b", "f"), ("d",)))
    assert stage.tasks == tuple("abcdef")
    assert stage.mixing == SHARED


@pytest.mark.parametrize("groups", [(), ((),), (("a",), ("a", "b")), (("a", "a"),)])
def test_groups_that_are_no_partition_are_refused(groups: tuple[tuple[str, ...], ...]) -> None:
    with pytest.raises(PatternError) as caught:
        Stage(groups)
    assert str(caught.value) == (
        f"groups {[list(group) for group in groups]} are no partition: want every task in exactly one non-empty group"
    )


def test_gates_want_two_tasks_and_a_rate_for_each() -> None:
    with pytest.raises(PatternError, match=r"^gates for a alone: they choose between tasks"):
        Stage((("a",),), Gated((("a", 0.5),)))
    with pytest.raises(PatternError, match=r"^target rates for \['a'\] in a stage of \['a', 'b'\]: want one for each"):
        Stage((("a", "b"),), Gated((("a", 0.5),)))
    with pytest.raises(PatternError, match=r"^target rates for \['a', 'b', 'c'\] in a stage of"):
        Stage((("a", "b"),), Gated((("a", 0.5), ("b", 0.5), ("c", 0.5))))
    assert Stage((("b",), ("a",)), Gated((("b", 0.5), ("a", 0.25)))).tasks == ("a", "b")  # each alone in its group


def test_one_task_may_be_routed() -> None:
    assert Stage((("a",),), Routed(0.5)).mixing == Routed(0.5)
