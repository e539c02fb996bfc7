"""Conditions are read, and told apart from what is none."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.picking.conditions import Condition, find_column, parse_condition
from spaces.errors import ConfigError

COLUMNS = ("delta_mtl", "macs", "parts-2.miou")
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(name=st.sampled_from(COLUMNS), sign=st.sampled_from(["<=", ">=", "<", ">"]), bound=NUMBERS, value=NUMBERS)
def test_a_condition_means_what_it_says(name: str, sign: str, bound: float, value: float) -> None:
    found = parse_condition(f" {name} {sign} {bound!r} ", COLUMNS)
    assert found == Condition(name, sign, bound)
    wanted = {"<=": value <= bound, ">=": value >= bound, "<": value < bound, ">": value > bound}[sign]
    assert found.holds(value) == wanted
    assert found.miss(value) == (0.0 if wanted else abs(value - bound))


def test_what_is_not_known_meets_nothing() -> None:
    condition = parse_condition("macs<=4e8", COLUMNS)
    assert not condition.holds(math.nan)
    assert condition.miss(math.nan) == math.inf
    assert str(condition) == "macs<=4e+08"


@pytest.mark.parametrize(
    "text", ["macs", "macs=3", "<=3", "macs<=", "macs<=many", "macs<=nan", "1<=macs<=2", "macs<=3 4"]
)
def test_what_is_no_condition_is_told(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_condition(text, COLUMNS)
    assert str(caught.value) == (
        f"{text!r} is no condition; want COLUMN<=NUMBER, or with >=, < or >, such as 'macs<=4e8'"
    )


def test_a_column_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(ConfigError) as caught:
        find_column("mac", COLUMNS, "--maximize")
    assert str(caught.value) == (
        "--maximize: no column mac; there are delta_mtl, macs, parts-2.miou; did you mean 'macs'?"
    )


@pytest.mark.parametrize("wrong", [5, None, 0.5, ["macs<=3"]])
def test_what_is_no_text_is_told_as_any_other_mistake(wrong: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_condition(wrong, COLUMNS)
    assert str(caught.value).startswith(f"{wrong!r} is no condition; want COLUMN<=NUMBER, or with >=, < or >, such as")
    with pytest.raises(ConfigError) as caught:
        find_column(wrong, COLUMNS, "--maximize")
    assert str(caught.value) == (f"--maximize {wrong!r}: want the name of a column in quotes, such as 'delta_mtl'")


def test_a_part_of_a_column_s_name_finds_it() -> None:
    with pytest.raises(ConfigError, match=r"--maximize: no column MIOU; there are .*; did you mean 'parts-2.miou'\?"):
        find_column("MIOU", COLUMNS, "--maximize")


def test_a_latency_that_was_not_measured_says_how_to_have_it() -> None:
    with pytest.raises(ConfigError, match=r"measured no latency; search again with measure=latency_ms and another"):
        parse_condition("latency_ms<=20", ("delta_mtl", "macs"))
    assert parse_condition("latency_ms<=20", ("delta_mtl", "latency_ms")).bound == 20
