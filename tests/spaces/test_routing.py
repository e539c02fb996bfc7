from __future__ import annotations

import random
from typing import Any

import pytest

from spaces.choices import count_patterns, draw, record, replay
from spaces.errors import ConfigError
from spaces.pattern.mixing import PRIMITIVES, Routed
from spaces.pattern.sharing_pattern import NoExchange, separate_decoders
from spaces.pattern.stage import Stage
from spaces.routing import Routing, split_names

TASKS = ("depth", "normals", "segmentation")
SPACE = Routing(3, 2)
FIRST = record(SPACE, TASKS, lambda name, options: options[0]).choices
ROUTED = {**FIRST, "ratio.1": 0.5, "ratio.2": 0.5, "ratio.3": 0.5}


def key(start: dict[str, Any], **changed: Any) -> str:
    return replay(SPACE, TASKS, {**start, **changed}).pattern.key


def test_stages_after_the_plain_ones_are_routed_by_their_ratio_and_one_set_of_options() -> None:
    drawn = replay(SPACE, TASKS, {**ROUTED, "plain": 1, "ratio.3": 0.75, "primitives": "identity+shift"}).pattern
    options: dict[str, Any] = {"recombination": "dense", "kernel": 1, "flow": "mixed", "norm": "shared"}
    assert drawn.encoder == (
        Stage((TASKS,)),
        Stage((TASKS,), Routed(0.5, ("identity", "shift"), **options)),
        Stage((TASKS,), Routed(0.75, ("identity", "shift"), **options)),
    )
    assert drawn.exchange == (NoExchange(),) * 3
    assert drawn.decoder == separate_decoders(TASKS, 3, 2).decoder


def test_anchors_are_hard_sharing_and_the_least_and_most_of_task_branches() -> None:
    anchors = {name: proposal.pattern for name, proposal in SPACE.anchors(TASKS).items()}
    assert list(anchors) == ["hard sharing", "widest shared branches", "widest task branches"]
    assert anchors["hard sharing"] == separate_decoders(TASKS, 3, 2)
    assert {stage.mixing.ratio for stage in anchors["widest shared branches"].encoder} == {1.0}  # type: ignore[union-attr]
    assert {stage.mixing.ratio for stage in anchors["widest task branches"].encoder} == {0.0}  # type: ignore[union-attr]


def test_one_ratio_makes_one_anchor_of_routed_stages() -> None:
    assert list(Routing(3, 2, ratios=(0.5,)).anchors(TASKS)) == ["hard sharing", "widest shared branches"]


def test_lists_with_one_option_fix_it() -> None:
    fixed = Routing(2, 1, recombinations=("grouped",), kernels=(3,), flows=("mixed",), norms=("task",), layers=1)
    drawn = draw(fixed, TASKS, random.Random(1))
    assert {n: drawn.choices[n] for n in ("recombination", "kernel", "flow", "norm")} == {
        "recombination": "grouped",
        "kernel": 3,
        "flow": "mixed",
        "norm": "task",
    }
    assert all(s.mixing.layers == 1 for s in drawn.pattern.encoder if isinstance(s.mixing, Routed))


def test_options_of_a_shared_branch_do_not_enter_the_key_without_one() -> None:
    none = {**ROUTED, "ratio.1": 0.0, "ratio.2": 0.0, "ratio.3": 0.0}
    for name, option in (("primitives", "identity+shift"), ("recombination", "grouped"), ("flow", "shared")):
        assert key(none, **{name: option}) == key(none)
        assert key(ROUTED, **{name: option}) != key(ROUTED)


def test_the_kernel_does_not_enter_the_key_without_a_task_branch() -> None:
    assert key(ROUTED, kernel=3) != key(ROUTED)
    assert len({key({**FIRST, "ratio.1": 1.0, "ratio.2": 1.0, "ratio.3": 1.0, "kernel": side}) for side in (1, 3)}) == 1


def test_ratios_of_plain_stages_and_options_of_no_routed_stage_do_not_enter_the_key() -> None:
    plain = {**ROUTED, "plain": 1}
    assert key(plain, **{"ratio.1": 1.0}) == key(plain)
    assert key(plain, **{"ratio.2": 1.0}) != key(plain)
    whole = {**ROUTED, "plain": 3}
    for name, option in (("ratio.3", 0.75), ("primitives", "identity+shift"), ("kernel", 3), ("norm", "task")):
        assert key(whole, **{name: option}) == key(whole) == separate_decoders(TASKS, 3, 2).key


def test_so_many_keys() -> None:
    """One whole; two kernels without shared branch, two sets without task branch, four with both.

    All tasks read one image, so the flow makes no difference.
    """
    small = Routing(
        1,
        1,
        ratios=(0.0, 0.5, 1.0),
        primitive_sets=("max", "shift"),
        recombinations=("dense",),
        norms=("task",),
        layers=1,
    )
    assert count_patterns(small, TASKS) == 1 + 2 + 2 + 4


def test_one_task_may_be_routed() -> None:
    assert draw(SPACE, ("depth",), random.Random(0)).pattern.tasks == ("depth",)


def test_names_of_primitives() -> None:
    assert split_names("max + average") == ("max", "average")
    assert split_names(" ") == ()


EMPTY = (
    ": an empty set; the branch for all tasks is made of primitives, so want one or more of "
    f"{', '.join(PRIMITIVES)} in each, joined by +"
)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("primitive_sets", [], f"space.primitive_sets=[]{EMPTY}"),
        ("primitive_sets", ["max", " "], f"space.primitive_sets=['max', ' ']{EMPTY}"),
        (
            "primitive_sets",
            ["max+blur"],
            f"space.primitive_sets=['max+blur']: primitive 'blur' is unknown: want one of {', '.join(PRIMITIVES)}",
        ),
        ("ratios", [0.5, 1.5], "space.ratios=[0.5, 1.5]: ratio=1.5: want a number from 0 to 1"),
        ("ratios", [0.5, -0.5], "space.ratios=[0.5, -0.5]: want a list of at least 1 numbers >= 0"),
        ("ratios", [1, 1.0], "space.ratios=[1.0, 1.0]: want distinct options"),
        ("kernels", [3, 3], "space.kernels=[3, 3]: want distinct options"),
        (
            "kernels",
            [2],
            "space.kernels=[2]: kernel=2: want an odd number of pixels, for an even one has no centre",
        ),
        ("flows", ["both"], "space.flows=['both']: flow 'both' is unknown: want one of mixed, shared"),
        ("norms", ["none"], "space.norms=['none']: norm 'none' is unknown: want one of shared, task"),
        (
            "recombinations",
            ["sum"],
            "space.recombinations=['sum']: recombination 'sum' is unknown: want one of dense, grouped, shuffled",
        ),
        ("layers", 0, "space.layers=0: want a whole number >= 1"),
    ],
)
def test_what_no_routed_stage_can_have_is_refused(field: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Routing(2, 2, **{field: value})
    assert str(caught.value) == message
