from __future__ import annotations

from collections import Counter

import pytest

from spaces.pattern.block import Norm, SharedBranch, TaskBranch
from spaces.pattern.mixing import Routed
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern
from spaces.pattern.stage import Stage
from spaces.pattern.walk import list_blocks
from spaces.pattern.walk_routed import walk_routed

PAIR, APART = (("a", "b"),), (("a",), ("b",))


def count(*mixings: Routed) -> Counter[str]:
    """Evaluations of encoder blocks, by name."""
    encoder = tuple(Stage(PAIR, mixing) for mixing in mixings)
    pattern = SharingPattern(encoder, (NoExchange(),) * len(encoder), (Stage(APART),) * len(encoder))
    return Counter(block.name for block in list_blocks(pattern) if block.part == "encoder")


def test_one_layer_by_hand() -> None:
    """The image is one value for both tasks, so the shared branch and its norm are evaluated once."""
    assert count(Routed(0.5, layers=1)) == {
        "encoder1/a+b/shared1": 1,
        "encoder1/a+b/shared1_norm": 1,
        "encoder1/a/own1": 1,
        "encoder1/a/own1_norm": 1,
        "encoder1/b/own1": 1,
        "encoder1/b/own1_norm": 1,
    }


def test_from_the_second_layer_on_a_mixed_flow_is_evaluated_once_a_task() -> None:
    shared, mixed = (count(Routed(0.5, flow=flow, layers=2)) for flow in ("shared", "mixed"))
    assert shared["encoder1/a+b/shared2"] == 1
    assert mixed["encoder1/a+b/shared2"] == 2
    assert mixed["encoder1/a+b/shared1"] == 1
    assert {mixed[f"encoder1/{task}/shared2_norm"] for task in "ab"} == {1}


def test_a_norm_for_all_is_one_block() -> None:
    found = count(Routed(0.5, norm="shared", layers=1))
    assert found["encoder1/a+b/own1_norm"] == 2
    assert not [name for name in found if name.startswith("encoder1/a/") and "norm" in name]


@pytest.mark.parametrize(("ratio", "missing"), [(0.0, "shared"), (1.0, "own")])
def test_a_branch_without_channels_is_not_evaluated(ratio: float, missing: str) -> None:
    found = count(*[Routed(ratio, layers=2)] * 2)
    assert found
    assert not [name for name in found if missing in name.split("/")[-1]]


def test_layers_after_the_first_are_residual() -> None:
    """Seen by what a norm reads: its second input is what the layer before left."""
    read: dict[str, int] = {}

    class Inputs:
        def block(self, block, inputs):  # type: ignore[no-untyped-def]
            if isinstance(block.role, Norm):
                read[block.name] = len(inputs)
            return object()

        def join(self, values):  # type: ignore[no-untyped-def]
            assert len(values) == 2
            return object()

    own: dict[str, object] = dict.fromkeys("ab", object())
    after, left = walk_routed(0, ("a", "b"), Routed(0.5, layers=2), own, own["a"], Inputs())  # type: ignore[arg-type]
    assert {name.partition("_")[0][-1]: number for name, number in read.items()} == {"1": 1, "2": 2}
    assert set(after) == {"a", "b"} and left is not None


def test_roles_hold_the_options_that_act() -> None:
    stage = Stage(PAIR, Routed(0.25, ("max", "shift"), "dense", kernel=5, layers=2))
    pattern = SharingPattern((stage,), (NoExchange(),), (Stage(APART),))
    roles = {block.role for block in list_blocks(pattern) if isinstance(block.role, (SharedBranch, TaskBranch))}
    assert roles == {
        *(SharedBranch(layer, 0.25, ("max", "shift"), "dense") for layer in (1, 2)),
        *(TaskBranch(layer, 0.25, 5) for layer in (1, 2)),
    }
