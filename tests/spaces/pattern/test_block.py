from __future__ import annotations

import pytest

from spaces.pattern.block import (
    WHOLE,
    Attend,
    Block,
    Broadcast,
    Gates,
    Norm,
    Project,
    Role,
    SharedBranch,
    TaskBranch,
)
from spaces.pattern.walk import list_blocks
from tests.spaces.networks.mixes import any_mixture

ROLES: list[tuple[Role, str]] = [
    (WHOLE, ""),
    (SharedBranch(2, 0.5, ("max",), "dense"), "shared2"),
    (TaskBranch(1, 0.5, 3), "own1"),
    (Norm("own1"), "own1_norm"),
    (Gates((0.5, 0.25), True), "gated"),
    (Project(8, 0), "project"),
    (Attend(4, 8, 1, 0.5, "learned", "overwrite", 1, True, True), "attend"),
    (Broadcast("one"), "broadcast"),
]


def test_names_of_blocks_count_from_1() -> None:
    assert Block("decoder", 1, ("depth", "normals")).name == "decoder2/depth+normals"


def test_what_all_stages_have_in_common_has_no_number() -> None:
    assert Block("exchange", -1, ("a", "b"), ROLES[-2][0]).name == "exchange/a+b/attend"


@pytest.mark.parametrize(("role", "word"), ROLES)
def test_parts_of_a_stage_add_their_word(role: Role, word: str) -> None:
    name = Block("encoder", 0, ("a",), role).name
    assert name == ("encoder1/a" if role is WHOLE else f"encoder1/a/{word}")


def test_the_computation_tells_options_and_the_name_does_not() -> None:
    one, other = (Block("encoder", 0, ("a",), TaskBranch(1, 0.5, kernel)) for kernel in (1, 3))
    assert one.name == other.name
    assert one.computation != other.computation
    # As in keys of all versions.
    assert one.computation == "encoder1/a/own1 TaskBranch(layer=1, ratio=0.5, kernel=1)"
    assert Block("encoder", 0, ("a",)).computation == "encoder1/a"


@pytest.mark.parametrize("seed", range(20))
def test_in_a_pattern_a_name_stands_for_one_computation(seed: int) -> None:
    computations: dict[str, str] = {}
    for block in list_blocks(any_mixture(seed)):
        if not isinstance(block.role, Attend):  # tied over scales, it may start or go on
            assert computations.setdefault(block.name, block.computation) == block.computation
