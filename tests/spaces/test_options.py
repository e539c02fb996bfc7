from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from spaces.choices import Space
from spaces.errors import ConfigError
from spaces.fields import Fields
from spaces.fusion import Fusion
from spaces.options import (
    check_options,
    check_stages,
    choose_deepest,
    choose_first,
    choose_last_but,
    record_anchors,
)
from spaces.pattern.exchange import Workspace
from spaces.pattern.mixing import Routed


@dataclass(frozen=True)
class Options:
    encoder_stages: Any = 2
    decoder_stages: Any = 2
    ratios: Any = (0.5,)
    slots: Any = (4,)
    group = "space"


def problems_of(space: Options) -> tuple[str, ...]:
    fields = Fields(space)
    check_stages(fields)
    check_options(
        fields,
        space,
        {"ratios": lambda _, ratio: Routed(ratio), "slots": lambda _, slots: Workspace(slots=slots)},
    )
    try:
        fields.done()
    except ConfigError as error:
        return error.problems
    return ()


def test_good_options_pass_and_stages_become_whole_numbers() -> None:
    space = Options(encoder_stages=3.0, ratios=(0, 0.5, 1), slots=(2, 300))
    assert problems_of(space) == ()
    assert (space.encoder_stages, type(space.encoder_stages)) == (3, int)


def test_every_problem_is_told_once_in_the_order_of_the_fields() -> None:
    space = Options(decoder_stages=0, ratios=(0.5, -1, 2), slots=(4, 1))
    assert problems_of(space) == (
        "space.decoder_stages=0: want a whole number >= 1",
        "space.ratios=[0.5, -1, 2]: ratio=-1: want a number from 0 to 1",
        "space.ratios=[0.5, -1, 2]: ratio=2: want a number from 0 to 1",
        "space.slots=[4, 1]: slots=1: want a whole number >= 2",
    )


def test_an_option_may_depend_on_other_fields_of_its_space() -> None:
    fields = Fields(space := Options(ratios=(16, 64)))
    check_options(fields, space, {"ratios": lambda of, etf: Workspace(width=8 * of.slots[0], etf=etf)})
    with pytest.raises(ConfigError, match=r"^space.ratios=\[16, 64\]: etf=64, width=32"):
        fields.done()


@pytest.mark.parametrize("spoilt", ["encoder_stages", "decoder_stages"])
@pytest.mark.parametrize("value", [0, 1.5, True, "2", None])
def test_stages_are_whole_numbers(spoilt: str, value: object) -> None:
    (problem,) = problems_of(Options(**{spoilt: value}))
    assert problem == f"space.{spoilt}={value}: want a whole number >= 1"


def test_the_ends_of_a_tree_are_one_decoder_and_one_a_task() -> None:
    space: Space = Fusion(2, 3)
    ends = record_anchors(space, "abc", {"deepest": choose_deepest, "first": choose_first})
    assert list(ends) == ["deepest", "first"]
    assert {stage.groups for stage in ends["deepest"].pattern.decoder} == {(("a", "b", "c"),)}
    assert {stage.groups for stage in ends["first"].pattern.decoder} == {(("a",), ("b",), ("c",))}


def test_depths_alone_are_chosen_deepest() -> None:
    assert choose_deepest("depth.a", (0, 2, 1)) == 2
    assert choose_deepest("parent.a", (0, 2, 1)) == 0
    assert choose_deepest("depths", (0, 2, 1)) == 0


def test_fixed_answers_hold_for_a_name_and_for_all_that_begin_with_it() -> None:
    choose = choose_last_but({"scale": False, "ratio": 0.25})
    assert choose("scale.3", (False, True)) is False
    assert choose("ratio", (0.25, 0.5)) == choose("ratio.1", (0.25, 0.5)) == 0.25
    assert choose("scales", (False, True)) is True
    assert choose("slots", (4, 8)) == 8
