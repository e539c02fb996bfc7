from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces.common.formatting import (
    align_columns,
    count_places,
    format_change,
    format_count,
    format_duration,
    format_list,
    format_macs,
    format_number,
    format_pair,
    hang,
    name_kind,
)

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours
SIZES = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (0, "0"),
        (7, "7"),
        (999, "999"),
        (999.6, "1.00 k"),
        (1000, "1.00 k"),
        (12_345_678, "12.3 M"),
        (999_949, "1.00 M"),
        (-2_500_000_000, "-2.50 G"),
        (100e12, "100 T"),
        (58.6e15, "58.6 P"),
        (math.nan, "-"),
        (math.inf, "-"),
    ],
)
def test_counts_have_three_digits_and_a_prefix(value: float, wanted: str) -> None:
    assert format_count(value) == wanted


@quick
@given(st.floats(1, 9.99e20))
def test_a_count_reads_as_what_it_is_to_half_a_percent(value: float) -> None:
    number, _, prefix = format_count(value).partition(" ")
    assert float(number) * SIZES[prefix] == pytest.approx(value, rel=5.1e-3)
    assert len(number.replace(".", "")) <= 3


@pytest.mark.parametrize(
    ("value", "wanted"), [(1.5, "+1.5"), (-0.3, "-0.3"), (-0.01, "0.0"), (0.04, "0.0"), (math.nan, "+nan")]
)
def test_a_change_that_rounds_to_nothing_has_no_sign(value: float, wanted: str) -> None:
    assert format_change(value) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"), [(0.12345, "0.1235"), (36.57, "36.57"), (123456789.0, "123 M"), (math.inf, "-")]
)
def test_measured_numbers_have_four_digits_and_no_exponent(value: float, wanted: str) -> None:
    assert format_number(value) == wanted


@quick
@given(st.lists(st.integers(), max_size=30), st.integers(1, 20))
def test_a_list_shows_the_first_and_counts_the_others(things: list[int], most: int) -> None:
    shown, _, more = format_list(things, most).partition(" and ")
    texts = shown.split(", ") if shown else []
    assert texts == [str(thing) for thing in things[:most]]
    assert more == (f"{len(things) - most} more" if len(things) > most else "")


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [
        (-3, "0 s"),
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (200, "3 min 20 s"),
        (3599.9, "1 h 0 min"),
        (7500, "2 h 5 min"),
        (360_000, "100 h 0 min"),
    ],
)
def test_time_spans(seconds: float, wanted: str) -> None:
    assert format_duration(seconds) == wanted


def test_columns_are_as_wide_as_their_longest_text() -> None:
    rows = [["", "patterns", "MACs"], ["all", "6", "1 M to 2 M"], ["within limits", "12", ""]]
    assert align_columns(rows) == [
        "                 patterns  MACs",
        "  all            6         1 M to 2 M",
        "  within limits  12",
    ]


def test_rows_of_different_lengths_are_no_table() -> None:
    with pytest.raises(ValueError):
        align_columns([["a", "b"], ["c"]])


def test_the_last_column_is_wrapped_at_words_where_there_is_room() -> None:
    rows = [["key", "what it means to whom it concerns"], ["", "b"]]
    assert align_columns(rows, 24) == ["  key  what it means to", "       whom it concerns", "       b"]
    assert align_columns([["/a/long/path/that/is/kept/whole"]], 24) == ["  /a/long/path/that/is/kept/whole"]


def test_where_there_is_no_room_the_last_column_stands_below() -> None:
    rows = [
        ["metric", "constant", "single-task", "on the front"],
        ["depth.abs_err m", "2.5", "0.026 +- 0.011", "1 to 2"],
    ]
    assert align_columns(rows, 48) == [
        "  metric           constant  single-task",
        "  depth.abs_err m  2.5       0.026 +- 0.011",
        "",
        "  metric           on the front",
        "  depth.abs_err m  1 to 2",
    ]
    assert align_columns([["k" * 50, "some words of it"]], 20) == [f"  {'k' * 50}", "      some words of", "      it"]


def test_a_count_may_have_a_unit() -> None:
    assert [format_count(value, "FLOPs") for value in (11_592_704, 999, 0)] == [
        "11.6 M FLOPs",
        "999 FLOPs",
        "0 FLOPs",
    ]
    assert format_macs(17_343_488) == "17.3 M multiply-accumulates"


@pytest.mark.parametrize(
    ("value", "error", "wanted"),
    [
        (0.02569, 0.011, "0.026 +- 0.011"),
        (34.0, 0.85, "34.00 +- 0.85"),
        (1234.5, 123.4, "1230 +- 120"),
        (-1.9, 9.96, "-2 +- 10"),
        (-1.9, 9.94, "-1.9 +- 9.9"),
        (123.0, 99.7, "120 +- 100"),
        (0.02569, 0.00997, "0.026 +- 0.010"),
        (-0.001, 0.5, "0.00 +- 0.50"),
        (1.2e6, 3.4e4, "1.20 M +- 34.0 k"),
        (0.5, 0.0, "0.5"),
        (0.5, math.nan, "0.5"),
    ],
)
def test_a_number_and_its_error_end_at_the_same_place(value: float, error: float, wanted: str) -> None:
    assert format_pair(value, error) == wanted


def test_changes_have_a_sign_and_as_many_places_as_they_may() -> None:
    assert format_pair(-17.612, 0.9412, 1, signed=True) == "-17.6 +- 0.9"
    assert format_pair(0.01, 0.5, 1, signed=True) == "0.0 +- 0.5"
    assert format_pair(1.234, 0.0, 1, signed=True) == "+1.2"
    assert format_pair(0.4, 42.0, 1, signed=True) == "0 +- 42"
    assert format_pair(7.3, 168.7, 1, signed=True) == "+10 +- 170"
    assert [count_places(error, 3) for error in (12.0, 1.2, 0.12, 0.00012)] == [0, 1, 2, 3]
    assert count_places(9.96) == 0


def test_further_lines_of_a_text_are_indented() -> None:
    text = "Cost        45 s of CPU in all\nshort"
    assert hang(text, 24, 12) == "Cost        45 s of CPU\n            in all\nshort"
    assert hang("No better than a constant", 14) == "No better than\n  a constant"
    assert hang(f"{'p' * 30} it", 20) == f"{'p' * 30}\n  it"
    assert hang("  an indented line of words", 20, 4) == "  an indented line\n    of words"
    assert hang(text, None) == text


def test_kinds_of_values_have_names_that_people_know() -> None:
    values = (None, True, 3, 0.5, "a", [1], {})
    wanted = ["nothing", "true or false", "a number", "a number", "a text", "a list", "a mapping"]
    assert [name_kind(value) for value in values] == wanted
    assert name_kind({1}) == "a set"
