from __future__ import annotations

from typing import Any

import pytest

from spaces.pattern.mixing import Routed
from spaces.pattern.option_features import ROUTING, describe_exchange, describe_mixing, name_mixing, squash
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern
from spaces.pattern.stage import Stage
from spaces.pattern.walk import list_blocks

TASKS = ("a", "b")


def describe(*mixings: Routed) -> dict[str, float]:
    """Features of the last stage."""
    stages = tuple(Stage((TASKS,), mixing) for mixing in mixings)
    pattern = SharingPattern(stages, (NoExchange(),) * len(stages), (Stage((TASKS,)),))
    last = [block for block in list_blocks(pattern) if (block.part, block.stage) == ("encoder", len(stages) - 1)]
    return dict(zip(name_mixing(TASKS), describe_mixing(last, TASKS), strict=True))


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"primitives": ("noise",)}, {f"primitive.{n}" for n in ("average", "identity", "max", "shift", "noise")}),
        ({"recombination": "dense"}, {"dense"}),
        ({"kernel": 5}, {"kernel"}),
        ({"flow": "mixed"}, {"passes", "norms"}),
        ({"norm": "shared"}, {"norms"}),
        ({"layers": 3}, {"layers", "passes", "norms"}),
        ({"ratio": 0.25}, {"shared"}),
    ],
)
def test_every_option_that_acts_has_features_of_its_own(changed: dict[str, Any], names: set[str]) -> None:
    usual = describe(Routed(0.5))
    other = describe(Routed(**{"ratio": 0.5, **changed}))
    apart = {name for name, value in other.items() if value != usual[name]}
    assert apart & {*ROUTING, "shared"} == apart
    assert apart
    assert apart <= names


@pytest.mark.parametrize(
    ("ratio", "idle"),
    [(0.0, {"primitives": ("noise",), "recombination": "dense", "flow": "mixed"}), (1.0, {"kernel": 5})],
)
def test_options_that_cannot_act_have_none(ratio: float, idle: dict[str, Any]) -> None:
    assert describe(Routed(ratio)) == describe(Routed(ratio, **idle))


def test_without_a_workspace_all_is_zero() -> None:
    assert set(describe_exchange((), 0)) == {0.0}


def test_counts_stand_on_a_scale_that_ends_nowhere() -> None:
    numbers = [squash(count) for count in (0, 1, 3, 255, 10**9)]
    assert numbers[0] == 0
    assert numbers == sorted(set(numbers))
    assert numbers[-1] < 1
