from __future__ import annotations

from typing import Any

import pytest

from spaces.pattern.block import Attend, Neck
from spaces.pattern.exchange import NECKS, NORMS, Exchange, Necks, NoExchange, Workspace
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


def test_necks_are_blocks_of_each_task_with_an_exchange_and_without() -> None:
    def list_necks(exchange: Exchange) -> list[str]:
        whole = pattern(Stage(PAIR), Stage(PAIR), exchange=(NoExchange(), exchange))
        return [block.name for block in list_blocks(whole) if isinstance(block.role, Neck)]

    assert list_necks(Workspace()) == list_necks(NoExchange()) == []
    assert list_necks(Workspace(neck="conv")) == list_necks(Necks("conv")) == ["exchange2/a/neck", "exchange2/b/neck"]


def test_neck_and_norm_act() -> None:
    def key(exchange: Exchange) -> str:
        return pattern(Stage(PAIR), Stage(PAIR), exchange=(NoExchange(), exchange)).key

    options: list[Exchange] = [Workspace(neck=neck, norm=norm) for neck in NECKS for norm in NORMS]
    options += [NoExchange(), Necks("conv"), Necks("separable")]
    assert len({key(each) for each in options}) == len(options)


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
