from __future__ import annotations

import math

import pytest

from spaces.common.formatting import align_columns, format_count, format_duration, format_list


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (999.6, "1.00 k"),
        (12_345, "12.3 k"),
        (999_600, "1.00 M"),
        (123_456_789, "123 M"),
        (-2.5e9, "-2.50 G"),
        (3e12, "3.00 T"),
        (math.nan, "-"),
        (math.inf, "-"),
    ],
)
def test_counts_have_three_digits_and_a_prefix(value: float, text: str) -> None:
    assert format_count(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0 s"), (42.4, "42 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"), (3600, "1 h 0 min"), (7500, "2 h 5 min")],
)
def test_time_spans_have_two_units_at_most(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


def test_long_lists_tell_how_many_they_leave_out() -> None:
    assert format_list([]) == ""
    assert format_list([1, 2, 3], 3) == "1, 2, 3"
    assert format_list([1, 2, 3, 4], 2) == "1, 2 and 2 more"


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
