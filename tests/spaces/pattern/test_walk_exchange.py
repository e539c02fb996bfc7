from __future__ import annotations

from typing import Any

import pytest

from spaces.pattern.block import Attend
from spaces.pattern.exchange import NoExchange, Workspace
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.stage import Partition, Stage
from spaces.pattern.walk import list_blocks

PAIR: Partition = (("a", "b"),)
APART: Partition = (("a",), ("b",))


def pattern(*encoder: Stage, exchange: Any = None, decoder: Partition = APART) -> SharingPattern:
    exchanges = exchange or (NoExchange(),) * len(encoder)
    return SharingPattern(encoder, exchanges, (Stage(decoder),) * len(encoder))


def test_a_workspace_that_no_decoder_reads_does_not_enter_the_key() -> None:
    """Two decoder stages of four scales read the first scale and, to begin with, the deepest."""
    encoder, decoder = (Stage(PAIR),) * 4, (Stage(APART),) * 2
    none = (NoExchange(),) * 4
    keys = [SharingPattern(encoder, (*none[:n], Workspace(), *none[n + 1 :]), decoder).key for n in range(4)]
    plain = SharingPattern(encoder, none, decoder).key
    assert [key == plain for key in keys] == [False, False, True, False]


@pytest.mark.parametrize("tying", ["none", "tasks", "scales", "tasks+scales"])
def test_with_one_workspace_there_is_nobody_to_carry_to_or_to_be_tied_to(tying: str) -> None:
    def key(**changes: Any) -> str:
        return pattern(Stage(PAIR), Stage(PAIR), exchange=(NoExchange(), Workspace(**changes))).key

    other = {"scales": "none", "tasks+scales": "tasks"}.get(tying, tying)
    assert key(tying=tying) == key(tying=other) == key(tying=tying, state="carried")
    assert key(tying="none") != key(tying="tasks")


def test_with_two_they_act() -> None:
    def key(**changes: Any) -> str:
        return pattern(Stage(PAIR), Stage(PAIR), exchange=(Workspace(**changes),) * 2).key

    options = ({}, {"state": "carried"}, {"tying": "none"}, {"tying": "scales"}, {"tying": "tasks+scales"})
    assert len({key(**each) for each in options}) == len(options)


def test_a_workspace_has_its_tasks_in_order_also_where_the_encoder_has_split() -> None:
    split: Partition = (("a", "c"), ("b",))
    whole = SharingPattern((Stage(split),), (Workspace(),), (Stage((("a",), ("b",), ("c",))),))
    groups = {block.group for block in list_blocks(whole) if isinstance(block.role, Attend)}
    assert groups == {("a", "b", "c")}
