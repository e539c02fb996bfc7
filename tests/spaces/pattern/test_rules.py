from __future__ import annotations

from typing import Any

import pytest

from spaces.errors import PatternError
from spaces.pattern.rules import check_fraction, check_whole, check_word

HUGE = 10**400


@pytest.mark.parametrize("value", [0, 1, 0.0, 0.5, 1.0])
def test_fractions_pass(value: Any) -> None:
    check_fraction("ratio", value)


@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan"), float("inf"), HUGE, True, "0.5", None])
def test_other_values_are_no_fractions(value: Any) -> None:
    with pytest.raises(PatternError) as refused:
        check_fraction("ratio", value)
    assert str(refused.value) == f"ratio={value}: want a number from 0 to 1"


@pytest.mark.parametrize("value", [2, 3, HUGE])
def test_whole_numbers_from_the_bound_on_pass(value: int) -> None:
    check_whole("slots", value, 2)


@pytest.mark.parametrize("value", [1, -5, 2.0, True, "2", None])
def test_other_values_are_no_whole_numbers(value: Any) -> None:
    with pytest.raises(PatternError) as refused:
        check_whole("slots", value, 2)
    assert str(refused.value) == f"slots={value}: want a whole number >= 2"


def test_words_are_among_those_allowed() -> None:
    check_word("flow", "mixed", ("mixed", "shared"))
    with pytest.raises(PatternError) as refused:
        check_word("flow", "mix", ("mixed", "shared"))
    assert str(refused.value) == "flow 'mix' is unknown: want one of mixed, shared"
